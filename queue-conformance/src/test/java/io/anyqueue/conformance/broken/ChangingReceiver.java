package io.anyqueue.conformance.broken;

import io.anyqueue.QueueException;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Receiver;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/** Hands over other deliveries than it gets, and settles those that it got. */
class ChangingReceiver extends ForwardingReceiver {
    private final Function<Delivery, ForwardingDelivery> change;

    ChangingReceiver(Receiver to, Function<Delivery, ForwardingDelivery> change) {
        super(to);
        this.change = change;
    }

    @Override
    public int poll(int max, long maxBytes, Consumer<? super Delivery> into) {
        return to.poll(max, maxBytes, delivery -> into.accept(change.apply(delivery)));
    }

    @Override
    public void ack(List<? extends Delivery> deliveries, Results results) {
        to.ack(origins(deliveries), new Changed(deliveries.stream(), results));
    }

    @Override
    public void extend(List<? extends Delivery> deliveries, Results results) {
        to.extend(origins(deliveries), new Changed(deliveries.stream(), results));
    }

    @Override
    public void release(List<Release> batch, Results results) {
        List<Release> origins = batch.stream()
                .map(r -> new Release(origin(r.delivery()), r.delay(), r.attempts(), r.firstFailedAtMillis()))
                .toList();
        to.release(origins, new Changed(batch.stream().map(Release::delivery), results));
    }

    @Override
    public boolean forward(Delivery delivery, List<Forward> out, Results results) {
        return to.forward(origin(delivery), out, new Changed(Stream.of(delivery), results));
    }

    private static List<Delivery> origins(List<? extends Delivery> deliveries) {
        return deliveries.stream().map(ChangingReceiver::origin).toList();
    }

    private static Delivery origin(Delivery changed) {
        return ((ForwardingDelivery) changed).to;
    }

    /** Reports for the deliveries that were handed over. */
    private static final class Changed implements Results {
        private final IdentityHashMap<Delivery, Delivery> changed = new IdentityHashMap<>();
        private final Results results;

        Changed(Stream<? extends Delivery> deliveries, Results results) {
            deliveries.forEach(delivery -> changed.put(origin(delivery), delivery));
            this.results = results;
        }

        private Delivery changed(Delivery origin) {
            return changed.getOrDefault(origin, origin);
        }

        @Override
        public void done(Delivery delivery) {
            results.done(changed(delivery));
        }

        @Override
        public void stale(Delivery delivery) {
            results.stale(changed(delivery));
        }

        @Override
        public void unknown(Delivery delivery, QueueException why) {
            results.unknown(changed(delivery), why);
        }
    }
}
