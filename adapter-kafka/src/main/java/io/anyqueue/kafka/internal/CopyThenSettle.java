package io.anyqueue.kafka.internal;

import io.anyqueue.QueueException;
import java.util.ArrayList;
import java.util.List;

/** A confirmed copy, and then the original is done: a crash between both makes two, and loses none (rule SET-4). For moves of one record. */
final class CopyThenSettle implements Moves {
    private final Publisher copies;

    CopyThenSettle(Publisher copies) {
        this.copies = copies;
    }

    @Override
    public void move(List<? extends Move> moves) {
        List<Copy> batch = new ArrayList<>(moves.size());
        for (Move move : moves) {
            if (move.tracker().copying()) {
                batch.add(new Copy(move));
            } else {
                move.stale();
            }
        }
        copies.publish(batch);
    }

    private static final class Copy extends Outbound {
        private final Move move;

        Copy(Move move) {
            super(move.records().get(0));
            this.move = move;
        }

        @Override
        void confirmed() {
            boolean settled = move.tracker().settleWaiting(move.slot());
            move.tracker().copied();
            if (settled) {
                move.done();
            } else {
                move.stale();
            }
        }

        @Override
        void rejected(QueueException why) {
            move.tracker().copied();
            move.failed(why);
        }

        @Override
        void unknown(QueueException why) {
            rejected(why);
        }
    }
}
