package io.anyqueue.conformance.kit;

import io.anyqueue.Message;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Receiver;
import io.anyqueue.spi.Spec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/**
 * A receiver that settles nothing by itself, and hides nothing: what is handed out twice is seen twice. Polled by one thread at
 * a time; settling is safe for any thread.
 */
public final class TestReceiver {
    /** Wide enough for every case that does not set its own. */
    public static final int WINDOW = 1_000;

    private static final long BYTES = 16L << 20;
    private static final int FEW = 20;

    private final Trial trial;
    private final Receiver receiver;
    private final TestListener listener;
    private final String name;
    private final String source;

    TestReceiver(Trial trial, Receiver receiver, TestListener listener, String name, Spec source) {
        this.trial = trial;
        this.receiver = receiver;
        this.listener = listener;
        this.name = name;
        this.source = source.endpoint().name();
    }

    /** What became of a settlement. */
    public enum Settled {
        /** It took effect. */
        DONE,
        /** The lease was lost before. */
        STALE,
        /** It may have taken effect. */
        UNKNOWN
    }

    /** {@return what the listener heard} */
    public TestListener listener() {
        return listener;
    }

    /** {@return the adapter's receiver} */
    public Receiver raw() {
        return receiver;
    }

    /**
     * Opens or closes the window.
     *
     * @param messages most messages that are held and not polled
     */
    public void window(int messages) {
        receiver.window(messages, messages == 0 ? 0 : BYTES);
    }

    /** {@return what is there now; often nothing} */
    public List<Delivery> poll() {
        return poll(WINDOW);
    }

    /**
     * Polls once.
     *
     * @param max most deliveries
     * @return what is there now
     */
    public List<Delivery> poll(int max) {
        return poll(max, BYTES);
    }

    /**
     * Polls once.
     *
     * @param max most deliveries
     * @param maxBytes most bytes, but for a single delivery
     * @return what is there now
     */
    public List<Delivery> poll(int max, long maxBytes) {
        List<Delivery> polled = new ArrayList<>();
        int count = receiver.poll(max, maxBytes, delivery -> {
            polled.add(delivery);
            Message message = delivery.message();
            trial.timeline()
                    .add(
                            message.id(),
                            message.key().orElse(""),
                            Timeline.What.DELIVERED,
                            name + " #" + delivery.deliveries());
        });
        trial.check(count == polled.size(), "poll said " + count + " and handed over " + polled.size());
        trial.check(count <= max, "poll was asked for at most " + max + " and handed over " + count);
        long bytes = polled.stream().mapToLong(Delivery::size).sum();
        trial.check(
                count <= 1 || bytes <= maxBytes,
                "poll was asked for at most " + maxBytes + " bytes and handed over " + count + " deliveries of "
                        + bytes);
        return polled;
    }

    /**
     * Waits for deliveries.
     *
     * @param count exactly how many; more at once fail the case
     * @return the deliveries, in the order in which they came
     */
    public List<Delivery> take(int count) {
        return take(count, Trial.SIGNAL);
    }

    /**
     * Waits for deliveries.
     *
     * @param count exactly how many
     * @param limit for how long
     * @return the deliveries, in the order in which they came
     */
    public List<Delivery> take(int count, Duration limit) {
        List<Delivery> taken = new ArrayList<>();
        trial.eventually(
                () -> name + " gets " + count + " messages of " + source + ", and got " + taken.size() + ": "
                        + few(ids(taken)),
                limit,
                () -> {
                    taken.addAll(poll(Math.max(1, count - taken.size())));
                    return taken.size() >= count;
                });
        return taken;
    }

    /**
     * Takes and acknowledges at once, which must succeed, so that an ordered source goes on.
     *
     * @param count exactly how many
     * @return the deliveries, in the order in which they came
     */
    public List<Delivery> drain(int count) {
        return drain(count, Trial.SIGNAL.plusMillis(20L * count));
    }

    /**
     * Takes and acknowledges at once, which must succeed: where some may come later than others by as much as a lease, what is held
     * until all are there is no longer its holder's.
     *
     * @param count exactly how many
     * @param limit for how long
     * @return the deliveries, in the order in which they came
     */
    public List<Delivery> drain(int count, Duration limit) {
        List<Delivery> drained = new ArrayList<>();
        trial.eventually(
                () -> name + " drains " + source + " of " + count + " messages, and got " + drained.size() + ": "
                        + few(ids(drained)),
                limit,
                () -> {
                    List<Delivery> polled = poll(Math.max(1, count - drained.size()));
                    drained.addAll(polled);
                    acked(polled);
                    return drained.size() >= count;
                });
        return drained;
    }

    /** {@return the next delivery} */
    public Delivery one() {
        return take(1).get(0);
    }

    /**
     * The next delivery, which must be of a message.
     *
     * @param message the message
     * @return its delivery
     */
    public Delivery one(Message message) {
        Delivery delivery = one();
        trial.check(
                delivery.message().id().equals(message.id()),
                name + " got " + delivery.message().id() + " where " + message.id() + " was due");
        return delivery;
    }

    /**
     * Sees to it that nothing comes for a while.
     *
     * @param time how long
     */
    public void nothing(Duration time) {
        List<Delivery> surprise = new ArrayList<>();
        trial.until(time, () -> {
            surprise.addAll(poll());
            return !surprise.isEmpty();
        });
        trial.check(surprise.isEmpty(), name + " got from " + source + " what it must not get: " + few(ids(surprise)));
    }

    /** The timeline has the rest. */
    private static String few(List<String> ids) {
        return ids.size() <= FEW ? ids.toString() : ids.subList(0, FEW) + " … " + ids.size() + " in all";
    }

    /**
     * The ids of deliveries, in order.
     *
     * @param deliveries the deliveries
     * @return their message ids
     */
    public static List<String> ids(Collection<? extends Delivery> deliveries) {
        return deliveries.stream().map(delivery -> delivery.message().id()).toList();
    }

    /**
     * Acknowledges and waits for the results.
     *
     * @param deliveries the deliveries
     * @return the result of each, in order
     */
    public List<Settled> ack(List<? extends Delivery> deliveries) {
        return startAck(deliveries).get();
    }

    /**
     * Acknowledges and waits for nothing; for threads other than the case's.
     *
     * @param deliveries the deliveries
     * @return waits for the result of each, in order; for the case's thread
     */
    public Supplier<List<Settled>> startAck(List<? extends Delivery> deliveries) {
        return deliveries.isEmpty()
                ? List::of
                : start("ack", Timeline.What.ACKED, deliveries, results -> receiver.ack(deliveries, results));
    }

    /**
     * Acknowledges one delivery.
     *
     * @param delivery the delivery
     * @return the result
     */
    public Settled ack(Delivery delivery) {
        return ack(List.of(delivery)).get(0);
    }

    /**
     * Acknowledges; every one must be done.
     *
     * @param deliveries the deliveries
     */
    public void acked(List<? extends Delivery> deliveries) {
        List<Settled> results = ack(deliveries);
        trial.check(
                results.stream().allMatch(Settled.DONE::equals),
                "acks of " + few(ids(deliveries)) + " on " + source + " are " + results);
    }

    /**
     * Acknowledges; every one must be done.
     *
     * @param deliveries the deliveries
     */
    public void acked(Delivery... deliveries) {
        acked(Arrays.asList(deliveries));
    }

    /**
     * Gives back, in the given order, without a delay and without a failure.
     *
     * @param deliveries the deliveries
     * @return the result of each, in order
     */
    public List<Settled> release(List<? extends Delivery> deliveries) {
        return releaseAll(deliveries.stream()
                .map(d -> new Receiver.Release(d, Duration.ZERO, d.attempts(), d.firstFailedAtMillis()))
                .toList());
    }

    /**
     * Gives one back.
     *
     * @param delivery the delivery
     * @param delay not deliverable before
     * @param attempts the failed attempts so far
     * @param firstFailedAtMillis when it failed first; 0 if never
     * @return the result
     */
    public Settled release(Delivery delivery, Duration delay, int attempts, long firstFailedAtMillis) {
        return releaseAll(List.of(new Receiver.Release(delivery, delay, attempts, firstFailedAtMillis)))
                .get(0);
    }

    /**
     * Gives back.
     *
     * @param batch the deliveries with their delays
     * @return the result of each, in order
     */
    public List<Settled> releaseAll(List<Receiver.Release> batch) {
        List<Delivery> deliveries =
                batch.stream().map(Receiver.Release::delivery).toList();
        return settle("release", Timeline.What.RELEASED, deliveries, results -> receiver.release(batch, results));
    }

    /**
     * Prolongs leases.
     *
     * @param deliveries the deliveries
     * @return the result of each, in order
     */
    public List<Settled> extend(List<? extends Delivery> deliveries) {
        return settle("extend", Timeline.What.EXTENDED, deliveries, results -> receiver.extend(deliveries, results));
    }

    /**
     * Stores messages and acknowledges in one step.
     *
     * @param delivery the delivery
     * @param out the messages and where each goes
     * @return the result; a case that calls this needs ATOMIC_FORWARD
     */
    public Settled forward(Delivery delivery, List<Receiver.Forward> out) {
        return settle("forward", Timeline.What.FORWARDED, List.of(delivery), results -> {
                    boolean taken = receiver.forward(delivery, out, results);
                    trial.check(taken, "ATOMIC_FORWARD is declared, and forward() returned false");
                })
                .get(0);
    }

    /**
     * Tries to store and acknowledge in one step, and waits for nothing.
     *
     * @param delivery the delivery
     * @param out the messages and where each goes
     * @return whether the adapter took it
     */
    public boolean forwardTaken(Delivery delivery, List<Receiver.Forward> out) {
        return receiver.forward(delivery, out, new Settlements(trial, Timeline.What.FORWARDED));
    }

    private interface Settling {
        void run(Receiver.Results results);
    }

    private List<Settled> settle(
            String verb, Timeline.What what, List<? extends Delivery> deliveries, Settling settling) {
        return start(verb, what, deliveries, settling).get();
    }

    private Supplier<List<Settled>> start(
            String verb, Timeline.What what, List<? extends Delivery> deliveries, Settling settling) {
        Settlements settlements = new Settlements(trial, what);
        settling.run(settlements);
        return () -> finish(verb, deliveries, settlements);
    }

    private List<Settled> finish(String verb, List<? extends Delivery> deliveries, Settlements settlements) {
        trial.eventually(
                verb + " of " + deliveries.size() + " deliveries of " + source + " gives each a result",
                Trial.SIGNAL,
                () -> deliveries.stream()
                        .allMatch(delivery -> !settlements.of(delivery).isEmpty()));
        List<Settled> results = new ArrayList<>();
        for (Delivery delivery : deliveries) {
            List<Settled> all = settlements.of(delivery);
            trial.check(
                    all.size() == 1,
                    verb + " of " + delivery.message().id() + " got " + all.size() + " results: " + all);
            results.add(all.get(0));
        }
        return results;
    }

    /** Makes acknowledgements durable and waits for it. */
    public void flush() {
        trial.await("flush the receiver of " + source, receiver.flush());
    }

    /** Closes the receiver and waits for it. */
    public void close() {
        trial.await("close the receiver of " + source, receiver.close(Duration.ofSeconds(5)));
    }

    /** Takes the results of one call, each under its delivery. */
    private static final class Settlements implements Receiver.Results {
        private final Trial trial;
        private final Timeline.What what;
        private final List<Entry> entries = new CopyOnWriteArrayList<>();

        private record Entry(Delivery delivery, Settled settled) {}

        Settlements(Trial trial, Timeline.What what) {
            this.trial = trial;
            this.what = what;
        }

        List<Settled> of(Delivery delivery) {
            return entries.stream()
                    .filter(entry -> entry.delivery() == delivery)
                    .map(Entry::settled)
                    .toList();
        }

        @Override
        public void done(Delivery delivery) {
            add(delivery, Settled.DONE, what, "");
        }

        @Override
        public void stale(Delivery delivery) {
            add(delivery, Settled.STALE, Timeline.What.STALE, what.name());
        }

        @Override
        public void unknown(Delivery delivery, QueueException why) {
            add(delivery, Settled.UNKNOWN, Timeline.What.UNKNOWN, what + " " + why.code());
        }

        private void add(Delivery delivery, Settled settled, Timeline.What shown, String note) {
            Message message = delivery.message();
            trial.timeline().add(message.id(), message.key().orElse(""), shown, note);
            entries.add(new Entry(delivery, settled));
        }
    }
}
