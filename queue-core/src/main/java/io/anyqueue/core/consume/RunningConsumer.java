package io.anyqueue.core.consume;

import io.anyqueue.ErrorCode;
import io.anyqueue.Health;
import io.anyqueue.MessageConsumer;
import io.anyqueue.QueueException;
import io.anyqueue.core.parking.ParkedKeys;
import io.anyqueue.core.pipeline.BatchPipeline;
import io.anyqueue.core.pipeline.Handler;
import io.anyqueue.core.pipeline.Handling;
import io.anyqueue.core.pipeline.Job;
import io.anyqueue.core.pipeline.OutletFinder;
import io.anyqueue.core.pipeline.Pipeline;
import io.anyqueue.core.pipeline.Source;
import io.anyqueue.core.send.Publisher;
import io.anyqueue.core.threads.Nanos;
import io.anyqueue.core.threads.Threads;
import io.anyqueue.spi.Receiver;
import io.anyqueue.spi.ReceiverOptions;
import io.anyqueue.spi.Spec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of a consumer: wires its parts, pauses, resumes and stops them (rules LIF-1, LIF-2). Safe for use by any thread.
 */
public final class RunningConsumer implements MessageConsumer {
    private static final Logger LOG = LoggerFactory.getLogger(RunningConsumer.class);
    /** How long interrupted handlers have to end, beyond the grace period. */
    private static final Duration AFTER_INTERRUPT = Duration.ofSeconds(1);

    /** Tells apart the consumers of one source, as the broker sees them. */
    private static final AtomicLong COUNT = new AtomicLong();

    private static final Duration MOVE_TICK = Duration.ofMillis(5);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

    private final Source source;
    private final Threads threads;
    private final Receiver receiver;
    private final InFlight inFlight;
    private final Returns returns;
    private final PollLoop pollLoop;
    private final Settler settler;
    private final Outage outage;
    private final Solitude solitude;
    private final Stall stall;
    private final Runner runner;
    private final Workers workers;
    private final Trouble trouble;
    private final Runnable onStopped;
    private final AtomicReference<@Nullable CompletableFuture<Boolean>> stopping = new AtomicReference<>();

    /**
     * Starts a consumer.
     *
     * @param outlets finds where the handler sends to
     * @param publishers give the publisher for a destination of moves
     * @param onStopped is told when it has stopped
     */
    public RunningConsumer(
            Source source,
            ConsumerPlan plan,
            Handling handling,
            OutletFinder outlets,
            Threads threads,
            Function<Spec, Publisher> publishers,
            Runnable onStopped) {
        this.source = source;
        this.threads = threads;
        this.onStopped = onStopped;
        this.trouble = new Trouble(threads.time());
        ReceiverEvents events = new ReceiverEvents(source, threads, trouble);
        this.receiver = source.broker()
                .receiver(
                        source.spec(),
                        new ReceiverOptions(
                                source.name() + "-" + COUNT.incrementAndGet(), plan.start(), handling.exactlyOnce()),
                        events);
        int perRun = handling.handler().most();
        this.inFlight = new InFlight(
                Math.max(ConsumerPlan.MAX_MESSAGES, 2 * plan.concurrency() * perRun), ConsumerPlan.MAX_BYTES);
        Prefetch prefetch = new Prefetch(source.spec().lease());
        Dispatcher dispatcher = source.spec().ordered() ? new OrderedDispatcher() : new UnorderedDispatcher();
        Holds holds = new Holds(threads, job -> {
            dispatcher.again(job);
            wake();
        });
        this.settler = new Settler(source, receiver, this::settled);
        this.returns = new Returns(inFlight, holds, dispatcher, settler);
        Revocations revocations = new Revocations();
        Losses losses = new Losses(source, inFlight, holds, dispatcher, settler);
        Mover mover = new Mover(receiver, settler, publishers, source.metrics().repliesDropped, handling.exactlyOnce());
        this.pollLoop = new PollLoop(source, receiver, inFlight, dispatcher, this::waiting, prefetch, losses, perRun);
        this.solitude = new Solitude(source, inFlight, pollLoop, returns, holds, plan.timeout(), this::wake);
        this.stall = new Stall(source, inFlight, holds, plan.timeout());
        LeaseKeeper leases = new LeaseKeeper(
                source, threads, inFlight, receiver, settler, losses, solitude, stall, plan.timeout(), plan.leaseMax());
        this.outage = new Outage(source, trouble, pollLoop, inFlight, this::wake);
        Halt halt = new Halt(source, pollLoop, dispatcher, returns, trouble);
        Outcomes outcomes = new Outcomes(source, dispatcher, holds, settler, mover, outage, halt, this::wake);
        Admission admission = new Admission(revocations, halt, solitude, outcomes, dispatcher);
        Pace pace = new Pace(source.metrics(), prefetch, settler);
        this.runner = runner(handling, outlets, threads, dispatcher, admission, outcomes, pace);
        this.workers = new Workers(threads, runner, solitude, pollLoop, settler, leases, trouble, plan.concurrency());
        if (plan.paused()) {
            pause();
        }
        events.connect(new ReceiverEvents.Target(workers, inFlight, losses, returns, revocations, settler));
    }

    private Runner runner(
            Handling handling,
            OutletFinder outlets,
            Threads threads,
            Dispatcher dispatcher,
            Admission admission,
            Outcomes outcomes,
            Pace pace) {
        if (handling.handler() instanceof Handler.Batch batch) {
            Gatherer gatherer = new Gatherer(threads, dispatcher, batch.most(), batch.longestWait(), this::wake);
            BatchPipeline pipeline = new BatchPipeline(source, outlets, handling, batch);
            return new BatchRunner(threads, gatherer, dispatcher, pipeline, admission, outcomes, pace, this::isStopped);
        }
        Pipeline pipeline = new Pipeline(source, outlets, handling, (Handler.Single) handling.handler());
        return new SingleRunner(threads, dispatcher, pipeline, admission, outcomes, pace);
    }

    private int waiting() {
        return runner.waiting();
    }

    private boolean isStopped() {
        return workers.isStopped();
    }

    private void wake() {
        workers.wake();
    }

    private void settled(Job job) {
        inFlight.remove(job);
        outage.endIfNothingWaits();
        if (pollLoop.wasStarved() || solitude.isWanted()) {
            wake();
        }
    }

    public String name() {
        return source.name();
    }

    /** {@return whether the calling thread runs a handler of some consumer} */
    public static boolean isHandlerThread() {
        return Workers.isWorker();
    }

    /** {@return how many messages it holds, for a gauge} */
    public int held() {
        return inFlight.size();
    }

    @Override
    public void pause() {
        if (stopping.get() == null) {
            pollLoop.hold(PollLoop.Cause.PAUSED);
            pollLoop.awaitFetch();
            trouble.began(Trouble.Kind.PAUSED, "paused");
        }
    }

    @Override
    public void resume() {
        pollLoop.letGo(PollLoop.Cause.PAUSED);
        pollLoop.letGo(PollLoop.Cause.FATAL);
        trouble.over(Trouble.Kind.PAUSED);
        trouble.over(Trouble.Kind.FATAL);
        wake();
    }

    @Override
    public void concurrency(int handlers) {
        if (handlers < 1 || handlers > 10_000) {
            throw new QueueException(ErrorCode.INVALID_ARGUMENT, "concurrency must be 1 to 10000, is " + handlers);
        }
        workers.concurrency(handlers);
    }

    @Override
    public boolean stop(Duration limit) {
        if (limit == null || limit.isNegative()) {
            throw new QueueException(ErrorCode.INVALID_ARGUMENT, "grace is null or negative: " + limit);
        }
        Duration grace = Duration.ofNanos(Nanos.of(limit));
        if (workers.isOwn()) {
            startNoMore();
            threads.inBackground("anyqueue-stop-" + name(), () -> stopOnce(grace));
            return false;
        }
        return stopOnce(grace);
    }

    /** Neither fetches nor starts anything from here on; what runs goes on. */
    public void startNoMore() {
        pollLoop.stop();
        workers.stop();
    }

    private boolean stopOnce(Duration grace) {
        CompletableFuture<Boolean> mine = new CompletableFuture<>();
        if (!stopping.compareAndSet(null, mine)) {
            CompletableFuture<Boolean> first = stopping.get();
            return first == null || await(first, grace.plus(AFTER_INTERRUPT).plus(CLOSE_LIMIT.multipliedBy(3)));
        }
        // An interrupt that the caller came with must not take the handlers' grace from them.
        boolean interrupted = Thread.interrupted();
        boolean inTime = false;
        try {
            inTime = stopNow(grace);
        } finally {
            mine.complete(inTime);
            onStopped.run();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        return inTime;
    }

    /** Each step is guarded, so that one that fails does not skip those after it. */
    private boolean stopNow(Duration grace) {
        guarded("stop fetching", pollLoop::stop);
        workers.stop();
        guarded("give back what was not started", () -> returns.giveBack(job -> true));
        boolean inTime = workers.awaitEnd(grace);
        if (!inTime) {
            inFlight.forEach(job -> job.interrupt(Job.Interrupt.STOP));
            if (!workers.awaitEnd(AFTER_INTERRUPT)) {
                LOG.warn("{}: a handler did not end when it was interrupted; its message is delivered again", name());
            }
        }
        guarded("wait for dead letters and copies", this::awaitMoves);
        guarded("give back what was put on hold meanwhile", () -> returns.giveBack(job -> true));
        guarded("settle", settler::flush);
        guarded("make acknowledgements durable", () -> await(receiver.flush(), CLOSE_LIMIT));
        guarded("close the receiver", () -> await(receiver.close(CLOSE_LIMIT), CLOSE_LIMIT));
        return inTime;
    }

    /** What is being stored elsewhere would be stored a second time if its delivery went back now. */
    private void awaitMoves() {
        boolean interrupted = false;
        long ticks = CLOSE_LIMIT.dividedBy(MOVE_TICK);
        while (ticks-- > 0 && !inFlight.select(Job::isMoving).isEmpty()) {
            try {
                threads.pause(MOVE_TICK);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void guarded(String what, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            LOG.warn("{}: could not {} while stopping", name(), what, e);
        }
    }

    private <V> boolean await(CompletionStage<V> stage, Duration limit) {
        try {
            V value = threads.await(stage, limit);
            return !Boolean.FALSE.equals(value);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("a step of stopping a consumer failed or took longer than {}", limit, e);
            return false;
        }
    }

    /** A store that fails is a note as well: it is no reason not to know the rest. */
    private List<String> parked() {
        ParkedKeys parked = source.parked();
        if (parked == null) {
            return List.of();
        }
        try {
            long keys = parked.count();
            return keys == 0
                    ? List.of()
                    : List.of(name() + ": " + keys + " keys are parked; redrive their dead letters");
        } catch (RuntimeException e) {
            LOG.debug("{}: the store of parked keys failed", name(), e);
            return List.of(name() + ": the store of parked keys does not answer: " + e.getMessage());
        }
    }

    @Override
    public Health health() {
        if (stopping.get() != null) {
            return new Health(Health.Status.DOWN, List.of(name() + " is stopped"));
        }
        Health health = trouble.health(name());
        List<String> notes = new ArrayList<>(health.notes());
        notes.addAll(parked());
        Stall.Reason reason = stall.reason(health.status() != Health.Status.UP);
        if (reason != null) {
            notes.add(Trouble.since(name(), reason.what(), reason.sinceMillis()));
        }
        if (notes.isEmpty()) {
            return Health.UP;
        }
        return new Health(health.status() == Health.Status.UP ? Health.Status.DEGRADED : health.status(), notes);
    }

    /** {@return for how many seconds nothing was finished though there is work or something is wrong, for a gauge} */
    public double progressAge() {
        long idleMillis = TimeUnit.NANOSECONDS.toMillis(stall.idleNanos());
        long wrong = trouble.sinceMillis();
        long wrongMillis = wrong == Long.MAX_VALUE ? 0 : source.time().currentTimeMillis() - wrong;
        return Math.max(idleMillis, wrongMillis) / 1000.0;
    }
}
