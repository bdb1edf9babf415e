package io.anyqueue.conformance.broken;

import io.anyqueue.Message;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Sender;
import io.anyqueue.spi.Sender.PendingSend;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Another message in place of the one that was sent; its result goes to the original.
 *
 * @param original what was sent
 * @param message what is stored
 */
record ChangedSend(PendingSend original, Message message) implements PendingSend {
    /** {@return a sender that stores changed messages} */
    static Sender sender(Sender to, UnaryOperator<Message> change) {
        return new ForwardingSender(to) {
            @Override
            public void send(List<? extends PendingSend> batch, Results results) {
                to.send(
                        batch.stream()
                                .map(send -> new ChangedSend(send, change.apply(send.message())))
                                .toList(),
                        new Originals(results));
            }
        };
    }

    /**
     * Reports for the originals.
     *
     * @param to takes the results
     */
    record Originals(Sender.Results to) implements Sender.Results {
        @Override
        public void confirmed(PendingSend send) {
            to.confirmed(((ChangedSend) send).original());
        }

        @Override
        public void rejected(PendingSend send, QueueException why) {
            to.rejected(((ChangedSend) send).original(), why);
        }

        @Override
        public void unknown(PendingSend send, QueueException why) {
            to.unknown(((ChangedSend) send).original(), why);
        }
    }
}
