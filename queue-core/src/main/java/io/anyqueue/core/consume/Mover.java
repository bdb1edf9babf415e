package io.anyqueue.core.consume;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.core.pipeline.Job;
import io.anyqueue.core.request.Replies;
import io.anyqueue.core.send.Failures;
import io.anyqueue.core.send.Publisher;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Receiver;
import io.anyqueue.spi.Spec;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

/**
 * Stores messages and settles the one they come from: in one step where the broker can, else stored first and settled then,
 * so that a crash in between duplicates and never loses (rule SET-4). Called by worker threads.
 */
final class Mover {
    private final Receiver receiver;
    private final Settler settler;
    private final Function<Spec, Publisher> publishers;
    private final LongAdder repliesDropped;
    private final boolean exactlyOnce;

    /**
     * Moves for one consumer.
     *
     * @param repliesDropped counts replies that can never be stored: they are no reason to keep a message
     * @param exactlyOnce whether nothing may be stored in a step of its own (rule SET-5)
     */
    Mover(
            Receiver receiver,
            Settler settler,
            Function<Spec, Publisher> publishers,
            LongAdder repliesDropped,
            boolean exactlyOnce) {
        this.repliesDropped = repliesDropped;
        this.exactlyOnce = exactlyOnce;
        this.receiver = receiver;
        this.settler = settler;
        this.publishers = publishers;
    }

    /** Hears what became of a move. */
    interface Result {
        /** Everything is stored and the delivery settled. */
        void moved();

        /** The lease was lost before, and nothing is stored: the delivery is somebody else's. */
        void lost();

        /** Nothing is settled; the move has to be tried again. */
        void failed(QueueException why);
    }

    void move(Job job, List<Receiver.Forward> out, Result result) {
        if (settler.lapsed(job)) {
            result.lost();
            settler.stale(job.delivery());
            return;
        }
        if (out.isEmpty()) {
            send(job, out, 0, result);
            return;
        }
        boolean forwarded = receiver.forward(job.delivery(), out, new Receiver.Results() {
            @Override
            public void done(Delivery delivery) {
                result.moved();
                settler.done(delivery);
            }

            @Override
            public void stale(Delivery delivery) {
                result.lost();
                settler.stale(delivery);
            }

            @Override
            public void unknown(Delivery delivery, QueueException why) {
                List<Receiver.Forward> rest = Replies.isLost(why) ? Replies.without(out) : out;
                if (rest.size() < out.size()) {
                    repliesDropped.increment();
                    move(job, rest, result);
                } else {
                    result.failed(why);
                }
            }
        });
        if (!forwarded && exactlyOnce) {
            result.failed(new QueueException(
                    ErrorCode.INTERNAL,
                    "the adapter of " + job.delivery().source().name()
                            + " declares TRANSACTIONS and forwards nothing, which is its defect"));
        } else if (!forwarded) {
            send(job, out, 0, result);
        }
    }

    /** One after the other: a failure then leaves as little as possible stored twice. */
    private void send(Job job, List<Receiver.Forward> out, int index, Result result) {
        if (index == out.size()) {
            result.moved();
            settler.ack(job);
            settler.flush();
            return;
        }
        Receiver.Forward forward = out.get(index);
        CompletionStage<String> sent = publishers.apply(forward.target()).sendAsync(forward.message());
        sent.whenComplete((id, failure) -> {
            QueueException why = failure == null ? null : Failures.of(failure);
            if (why != null && !(Replies.isReply(forward) && Replies.isLost(why))) {
                result.failed(why);
                return;
            }
            if (why != null) {
                repliesDropped.increment();
            }
            try {
                send(job, out, index + 1, result);
            } catch (RuntimeException e) {
                // In a callback it would reach nobody, and the job would be held for ever.
                result.failed(Failures.of(e));
            }
        });
    }
}
