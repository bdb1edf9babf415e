package io.anyqueue.conformance.broken;

import io.anyqueue.QueueException;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Receiver;
import io.anyqueue.spi.Sender;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Brokers that are wrong now and then, for the differential test to find: instead of a case each names the rules that it may
 * be found by. */
final class BrokenInPassing {
    private BrokenInPassing() {}

    static List<BrokenBroker> all() {
        return Stream.of(settling(), handingOut(), List.of(dropsSends()))
                .flatMap(List::stream)
                .toList();
    }

    private static BrokenBroker dropsSends() {
        return BrokenBroker.sender(
                "confirms every tenth message without storing it", "RCV-4", sender -> new ForwardingSender(sender) {
                    private final AtomicInteger count = new AtomicInteger();

                    @Override
                    public void send(List<? extends PendingSend> batch, Sender.Results results) {
                        for (PendingSend send : batch) {
                            if (count.incrementAndGet() % 10 == 0) {
                                results.confirmed(send);
                            } else {
                                super.send(List.of(send), results);
                            }
                        }
                    }
                });
    }

    private static List<BrokenBroker> settling() {
        return List.of(
                BrokenBroker.receiver("gives back what was acknowledged", "SET-1", to -> new ForwardingReceiver(to) {
                    @Override
                    public void ack(List<? extends Delivery> deliveries, Receiver.Results results) {
                        to.release(
                                deliveries.stream().map(BrokenInPassing::back).toList(), results);
                    }
                }),
                BrokenBroker.receiver("accepts late settlements", "SET-2 SET-1", to -> new ForwardingReceiver(to) {
                    @Override
                    public void ack(List<? extends Delivery> deliveries, Receiver.Results results) {
                        to.ack(deliveries, new AlwaysDone(results));
                    }
                }),
                BrokenBroker.receiver("ignores the delay of a release", "DLY-1", to -> new ForwardingReceiver(to) {
                    @Override
                    public void release(List<Release> batch, Receiver.Results results) {
                        to.release(
                                batch.stream()
                                        .map(r -> new Release(
                                                r.delivery(), Duration.ZERO, r.attempts(), r.firstFailedAtMillis()))
                                        .toList(),
                                results);
                    }
                }),
                BrokenBroker.receiver("counts a release as a failure", "RCV-5", to -> new ForwardingReceiver(to) {
                    @Override
                    public void release(List<Release> batch, Receiver.Results results) {
                        to.release(
                                batch.stream()
                                        .map(r -> new Release(
                                                r.delivery(), r.delay(), r.attempts() + 1, r.firstFailedAtMillis()))
                                        .toList(),
                                results);
                    }
                }),
                BrokenBroker.receiver("loses what is released with a delay", "RCV-4", to -> new ForwardingReceiver(to) {
                    @Override
                    public void release(List<Release> batch, Receiver.Results results) {
                        for (Release release : batch) {
                            if (release.delay().isZero()) {
                                to.release(List.of(release), results);
                            } else {
                                to.ack(List.of(release.delivery()), results);
                            }
                        }
                    }
                }),
                BrokenBroker.receiver("does not prolong leases", "SET-2 RCV-1 RCV-3", to -> new ForwardingReceiver(to) {
                    @Override
                    public void extend(List<? extends Delivery> deliveries, Receiver.Results results) {
                        deliveries.forEach(results::done);
                    }
                }),
                BrokenBroker.receiver("acknowledges and does not forward", "RCV-4", to -> new ForwardingReceiver(to) {
                    @Override
                    public boolean forward(Delivery delivery, List<Forward> out, Receiver.Results results) {
                        to.ack(List.of(delivery), results);
                        return true;
                    }
                }));
    }

    private static List<BrokenBroker> handingOut() {
        return List.of(
                BrokenBroker.receiver("turns the order of a batch", "ORD-1", to -> new ForwardingReceiver(to) {
                    @Override
                    public int poll(int max, long maxBytes, Consumer<? super Delivery> into) {
                        List<Delivery> polled = new ArrayList<>();
                        int count = to.poll(max, maxBytes, polled::add);
                        Collections.reverse(polled);
                        polled.forEach(into);
                        return count;
                    }
                }),
                BrokenBroker.receiver(
                        "acknowledges all before the highest", "RCV-3 RCV-4 ORD-1", to -> new ForwardingReceiver(to) {
                            private final List<Delivery> polled = new ArrayList<>();

                            @Override
                            public int poll(int max, long maxBytes, Consumer<? super Delivery> into) {
                                return to.poll(max, maxBytes, delivery -> {
                                    polled.add(delivery);
                                    into.accept(delivery);
                                });
                            }

                            @Override
                            public void ack(List<? extends Delivery> deliveries, Receiver.Results results) {
                                int highest = deliveries.stream()
                                        .mapToInt(polled::indexOf)
                                        .max()
                                        .orElse(-1);
                                List<Delivery> before = new ArrayList<>(polled.subList(0, highest + 1));
                                before.removeAll(deliveries);
                                to.ack(before, new Unheard());
                                to.ack(deliveries, results);
                            }
                        }),
                BrokenBroker.receiver("drops every fifth it hands out", "RCV-5", to -> new ForwardingReceiver(to) {
                    private int count;

                    @Override
                    public int poll(int max, long maxBytes, Consumer<? super Delivery> into) {
                        int[] handed = {0};
                        to.poll(max, maxBytes, delivery -> {
                            if (++count % 5 != 0) {
                                handed[0]++;
                                into.accept(delivery);
                            }
                        });
                        return handed[0];
                    }
                }));
    }

    private static Receiver.Release back(Delivery delivery) {
        return new Receiver.Release(delivery, Duration.ZERO, delivery.attempts(), delivery.firstFailedAtMillis());
    }

    /** Nothing is late. */
    private record AlwaysDone(Receiver.Results to) implements Receiver.Results {
        @Override
        public void done(Delivery delivery) {
            to.done(delivery);
        }

        @Override
        public void stale(Delivery delivery) {
            to.done(delivery);
        }

        @Override
        public void unknown(Delivery delivery, QueueException why) {
            to.unknown(delivery, why);
        }
    }

    /** Results of what nobody asked for. */
    private record Unheard() implements Receiver.Results {
        @Override
        public void done(Delivery delivery) {}

        @Override
        public void stale(Delivery delivery) {}

        @Override
        public void unknown(Delivery delivery, QueueException why) {}
    }
}
