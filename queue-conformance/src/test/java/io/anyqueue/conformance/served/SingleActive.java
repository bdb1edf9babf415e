package io.anyqueue.conformance.served;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One receiver of an ordered source consumes, the one that came last; it is handed over in order. Used by the server's thread
 * alone.
 */
final class SingleActive {
    static final Duration DEADLINE = Duration.ofSeconds(2);

    private final Server server;
    private final List<ServedReceiver> joined = new ArrayList<>();
    private ServedReceiver active;
    private boolean handingOver;

    SingleActive(Server server) {
        this.server = server;
    }

    void join(ServedReceiver receiver) {
        joined.add(receiver);
        elect();
    }

    /** It is gone already, with or without a word. */
    void leave(ServedReceiver receiver) {
        joined.remove(receiver);
        if (active == receiver) {
            active = null;
            handingOver = false;
        }
        elect();
    }

    private void elect() {
        ServedReceiver newest = joined.isEmpty() ? null : joined.get(joined.size() - 1);
        if (newest == null || newest == active || handingOver) {
            return;
        }
        if (active == null) {
            active = newest;
            newest.open();
            return;
        }
        ServedReceiver old = active;
        handingOver = true;
        var drained = old.revoking(DEADLINE).toCompletableFuture();
        Runnable move = () -> server.later(() -> move(old));
        if (server.has(Fault.HANDS_OVER_AT_ONCE)) {
            move.run();
            return;
        }
        var unused = drained.whenComplete((done, failure) -> move.run());
        if (!server.has(Fault.WAITS_FOR_EVER)) {
            var unusedTimer = old.scheduler().schedule(move, DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void move(ServedReceiver old) {
        if (active == old && handingOver) {
            handingOver = false;
            active = null;
            old.shut(true);
            elect();
        }
    }
}
