package io.anyqueue.conformance.served;

import io.anyqueue.ErrorCode;
import io.anyqueue.Message;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Receiver;
import io.anyqueue.spi.ReceiverListener;
import io.anyqueue.spi.ReceiverListener.State;
import io.anyqueue.spi.ReceiverOptions;
import io.anyqueue.spi.Spec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A receiver whose leases are its session's: for each session it has a receiver of the in-memory broker. Sessions begin and end on
 * the server's thread; the rest is called by any.
 */
final class ServedReceiver implements Receiver {
    private static final int BREAKS = 6;

    private final ServedBroker broker;
    private final Server server;
    private final Spec source;
    private final ReceiverOptions options;
    private final ReceiverListener listener;
    private final Set<ServedDelivery> out = ConcurrentHashMap.newKeySet();
    private final List<Message> acked = new ArrayList<>();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private final AtomicInteger polls = new AtomicInteger();
    private volatile Session session;
    private volatile boolean closing;
    private volatile int messages;
    private volatile long bytes;
    private boolean asked;
    private boolean wasBroken;

    /** From opening to breaking or closing. */
    private record Session(Receiver real, long epoch) {}

    ServedReceiver(ServedBroker broker, Spec source, ReceiverOptions options, ReceiverListener listener) {
        this.broker = broker;
        this.server = broker.server;
        this.source = source;
        this.options = options;
        this.listener = listener;
    }

    Object shard() {
        return source.ordered() ? source.endpoint() : options.consumer();
    }

    ScheduledExecutorService scheduler() {
        return broker.config.scheduler();
    }

    // --- sessions: on the server's thread

    /** Asks to consume, once the window was opened and whenever the server is there again. */
    void ask() {
        if (closing || asked || !broker.isServed()) {
            return;
        }
        asked = true;
        if (source.ordered()) {
            server.ordered(broker.config.url().path(), source.endpoint().physicalName())
                    .join(this);
        } else {
            open();
        }
    }

    void open() {
        long epoch = server.has(Fault.SAME_EPOCH) ? 1 : server.epochs.incrementAndGet();
        SessionListener heard = new SessionListener();
        Receiver real = broker.real.receiver(source, options, heard);
        Session opened = new Session(real, epoch);
        heard.session = opened;
        session = opened;
        if (server.has(Fault.CONNECTED_AND_SILENT) && wasBroken) {
            tell(() -> listener.state(State.WORKING, null));
        } else {
            real.window(messages, bytes);
            if (wasBroken) {
                tell(listener::readable);
            }
        }
    }

    CompletionStage<Void> revoking(Duration limit) {
        Session current = session;
        if (current == null) {
            return CompletableFuture.completedFuture(null);
        }
        current.real.window(0, 0);
        return listener.revoking(shard(), current.epoch, broker.config.time().nanoTime() + limit.toNanos());
    }

    /** The session ends; what it had goes back. */
    void shut(boolean idle) {
        Session ended = session;
        session = null;
        if (ended == null) {
            return;
        }
        var unused = ended.real.close(Duration.ZERO);
        if (!out.isEmpty()) {
            lost(ended);
        }
        out.clear();
        if (idle) {
            tell(() -> listener.state(State.IDLE, null));
        }
    }

    private void lost(Session ended) {
        if (!server.has(Fault.NEVER_SAYS_LOST)) {
            tell(() -> listener.lost(shard(), ended.epoch));
        }
    }

    void broken(QueueException why) {
        if (closing || !asked) {
            return;
        }
        if (server.has(Fault.DELIVERS_TWICE_AFTER_A_CRASH)) {
            acked.forEach(message -> broker.again(source, message));
            acked.clear();
        }
        shut(false);
        left();
        wasBroken = true;
        if (!server.has(Fault.SAYS_NOTHING)) {
            tell(() -> listener.state(State.RECONNECTING, why));
        }
    }

    private void left() {
        asked = false;
        if (source.ordered()) {
            server.ordered(broker.config.url().path(), source.endpoint().physicalName())
                    .leave(this);
        }
    }

    private static void tell(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            // A listener that throws is no reason to stop; the kit throws on purpose.
        }
    }

    // --- the receiver: on any thread

    @Override
    public void window(int most, long mostBytes) {
        if (most < 0 || mostBytes < 0) {
            throw new QueueException(ErrorCode.INVALID_ARGUMENT, "a window of " + most + " and " + mostBytes);
        }
        messages = most;
        bytes = mostBytes;
        Session current = session;
        if (current != null) {
            current.real.window(most, mostBytes);
        }
        if (most > 0) {
            server.later(() -> {
                ask();
                broker.refused(listener);
            });
        }
    }

    @Override
    public int poll(int max, long maxBytes, Consumer<? super Delivery> into) {
        Objects.requireNonNull(into, "into");
        if (max < 1) {
            throw new QueueException(ErrorCode.INVALID_ARGUMENT, "a poll of " + max);
        }
        Session current = session;
        if (current == null || closing) {
            return 0;
        }
        int polled = current.real.poll(max, maxBytes, delivery -> {
            ServedDelivery mine = new ServedDelivery(delivery, this, current.epoch);
            out.add(mine);
            into.accept(mine);
        });
        if (polled > 0 && server.has(Fault.BREAKS_WHILE_POLLING)) {
            breakSometimes();
        }
        if (polled > 0 && !Objects.equals(session, current)) {
            // Nobody may have seen these when it ended.
            server.later(() -> lost(current));
        }
        return polled;
    }

    /** Now before the poll is over, and now a moment later. */
    private void breakSometimes() {
        int poll = polls.incrementAndGet();
        if (poll % BREAKS == 0) {
            server.crash(broker);
        } else if (poll % BREAKS == BREAKS / 2) {
            broker.breakSession();
            broker.reconnect();
        }
    }

    @Override
    public void ack(List<? extends Delivery> deliveries, Results results) {
        settle(deliveries, Function.identity(), results, (real, mine, mapped) -> {
            mine.forEach(delivery -> acked.add(delivery.message()));
            real.ack(reals(mine), mapped);
        });
    }

    @Override
    public void extend(List<? extends Delivery> deliveries, Results results) {
        settle(deliveries, Function.identity(), results, (real, mine, mapped) -> real.extend(reals(mine), mapped));
    }

    @Override
    public void release(List<Release> batch, Results results) {
        settle(
                batch,
                Release::delivery,
                results,
                (real, mine, mapped) -> real.release(
                        batch.stream()
                                .filter(release ->
                                        release.delivery() instanceof ServedDelivery own && mine.contains(own))
                                .map(release -> new Release(
                                        ((ServedDelivery) release.delivery()).real,
                                        release.delay(),
                                        release.attempts(),
                                        release.firstFailedAtMillis()))
                                .toList(),
                        mapped));
    }

    @Override
    public boolean forward(Delivery delivery, List<Forward> outgoing, Results results) {
        settle(List.of(delivery), Function.identity(), results, (real, mine, mapped) -> {
            List<Forward> forwards = outgoing.stream()
                    .map(forward -> new Forward(ServedBroker.lasting(forward.target()), forward.message()))
                    .toList();
            if (!mine.isEmpty()) {
                var unused = real.forward(mine.get(0).real, forwards, mapped);
            }
        });
        return true;
    }

    private static List<Delivery> reals(List<ServedDelivery> mine) {
        return mine.stream().map(delivery -> delivery.real).toList();
    }

    private interface Step {
        void run(Receiver real, List<ServedDelivery> mine, Results mapped);
    }

    private <T> void settle(List<? extends T> items, Function<T, Delivery> of, Results results, Step step) {
        Objects.requireNonNull(results, "results");
        items.forEach(item -> Objects.requireNonNull(item, "item"));
        Session current = session;
        List<ServedDelivery> mine = new ArrayList<>();
        for (T item : items) {
            Delivery delivery = of.apply(item);
            if (!(delivery instanceof ServedDelivery served)) {
                tell(() -> results.unknown(
                        delivery, new QueueException(ErrorCode.INVALID_ARGUMENT, "a delivery of another adapter")));
            } else if (current != null && served.receiver == this && served.epoch() == current.epoch && !closing) {
                mine.add(served);
            } else if (server.has(Fault.CONFIRMS_LATE_ACKS)) {
                tell(() -> results.done(delivery));
            } else {
                tell(() -> results.stale(delivery));
            }
        }
        if (current != null && !mine.isEmpty()) {
            step.run(current.real, mine, new Mapped(mine, results));
        }
    }

    @Override
    public CompletionStage<Void> flush() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Void> close(Duration limit) {
        if (!closing) {
            closing = true;
            server.later(() -> {
                out.clear();
                shut(false);
                left();
                closed.complete(null);
            });
        }
        return closed;
    }

    /** Results of the in-memory deliveries, for those that were handed out. */
    private final class Mapped implements Results {
        private final List<ServedDelivery> mine;
        private final Results to;

        Mapped(List<ServedDelivery> mine, Results to) {
            this.mine = mine;
            this.to = to;
        }

        private ServedDelivery of(Delivery real) {
            return mine.stream().filter(each -> each.real == real).findFirst().orElseThrow();
        }

        @Override
        public void done(Delivery delivery) {
            out.remove(of(delivery));
            to.done(of(delivery));
        }

        @Override
        public void stale(Delivery delivery) {
            out.remove(of(delivery));
            to.stale(of(delivery));
        }

        @Override
        public void unknown(Delivery delivery, QueueException why) {
            to.unknown(of(delivery), why);
        }
    }

    /** Hears of one session. */
    private final class SessionListener implements ReceiverListener {
        private volatile Session session;

        private boolean current() {
            return Objects.equals(ServedReceiver.this.session, session) && !closing;
        }

        @Override
        public void readable() {
            if (session == null || current()) {
                if (wasBroken) {
                    wasBroken = false;
                    tell(() -> listener.state(State.WORKING, null));
                }
                listener.readable();
            }
        }

        @Override
        public CompletionStage<Void> revoking(Object shard, long epoch, long untilNanos) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void lost(Object shard, long epoch) {}

        @Override
        public void state(State state, QueueException why) {
            listener.state(state, why);
        }
    }
}
