package io.anyqueue.kafka.internal;

import java.util.List;

/** Stores what follows from records, and settles those. Safe for use by any thread; waits for nothing. */
interface Moves {
    void move(List<? extends Move> moves);
}
