package io.anyqueue.conformance.broken;

import io.anyqueue.Message;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Receiver;
import io.anyqueue.spi.ReceiverListener;
import io.anyqueue.spi.ReceiverOptions;
import io.anyqueue.spi.Sender;
import io.anyqueue.spi.Sender.PendingSend;
import io.anyqueue.spi.Spec;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Brokers that go away badly, and such that do not understand what foreign programs wrote. */
final class BrokenDurability {
    private BrokenDurability() {}

    static List<BrokenBroker> all() {
        return List.of(
                BrokenBroker.sender("writes the last batch later", "SND-1/survives-kill", WritesLater::new),
                BrokenBroker.sender("loses on restart", "SND-1/survives-restart", WritesLater::new),
                BrokenBroker.sender("confirms while away", "SND-2/outage", ConfirmsAway::new),
                storesRejected(),
                foreign(
                        "makes up an id each time",
                        "RCV-7/stable-id",
                        message -> message.toBuilder()
                                .id("foreign-" + UUID.randomUUID())
                                .build()),
                foreign(
                        "has one id for all",
                        "RCV-7/stable-id",
                        message -> message.toBuilder().id("foreign").build()),
                foreign(
                        "wraps what is foreign",
                        "RCV-7/raw",
                        message -> message.toBuilder().type("foreign").build()),
                BrokenBroker.receiver("chokes on what is foreign", "RCV-7/broken-headers", Chokes::new));
    }

    private static BrokenBroker foreign(String what, String caughtBy, UnaryOperator<Message> change) {
        return BrokenBroker.receiver(
                what,
                caughtBy,
                to -> new ChangingReceiver(to, delivery -> new ForwardingDelivery(delivery) {
                    private final Message message =
                            isForeign(delivery) ? change.apply(delivery.message()) : delivery.message();

                    @Override
                    public Message message() {
                        return message;
                    }
                }));
    }

    private static boolean isForeign(Delivery delivery) {
        return delivery.message().id().startsWith("foreign-");
    }

    private static final class WritesLater extends ForwardingSender {
        private List<? extends PendingSend> last = List.of();

        WritesLater(Sender to) {
            super(to);
        }

        @Override
        public synchronized void send(List<? extends PendingSend> batch, Results results) {
            if (!last.isEmpty()) {
                to.send(last, NoResults.INSTANCE);
            }
            last = List.copyOf(batch);
            batch.forEach(results::confirmed);
        }
    }

    private static final class ConfirmsAway extends ForwardingSender {
        ConfirmsAway(Sender to) {
            super(to);
        }

        @Override
        public void send(List<? extends PendingSend> batch, Results results) {
            batch.forEach(results::confirmed);
            to.send(batch, NoResults.INSTANCE);
        }
    }

    /** Tries again by itself, although it has said that it would not. */
    private static BrokenBroker storesRejected() {
        Queue<Runnable> again = new ConcurrentLinkedQueue<>();
        return new BrokenBroker("stores what it rejected", "SND-2/outage", broker -> new ForwardingBroker(broker) {
            @Override
            public Sender sender(Spec target) {
                return new ForwardingSender(to.sender(target)) {
                    @Override
                    public void send(List<? extends PendingSend> batch, Results results) {
                        List<PendingSend> kept = List.copyOf(batch);
                        to.send(batch, results);
                        again.add(() -> to.send(kept, NoResults.INSTANCE));
                    }
                };
            }

            @Override
            public Receiver receiver(Spec source, ReceiverOptions options, ReceiverListener listener) {
                again.forEach(Runnable::run);
                return to.receiver(source, options, listener);
            }
        });
    }

    private static final class Chokes extends ForwardingReceiver {
        Chokes(Receiver to) {
            super(to);
        }

        @Override
        public int poll(int max, long maxBytes, Consumer<? super Delivery> into) {
            int[] count = {0};
            to.poll(max, maxBytes, delivery -> {
                if (!isForeign(delivery)) {
                    into.accept(delivery);
                    count[0]++;
                }
            });
            return count[0];
        }
    }
}
