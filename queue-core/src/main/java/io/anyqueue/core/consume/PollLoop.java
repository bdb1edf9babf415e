package io.anyqueue.core.consume;

import io.anyqueue.core.pipeline.Job;
import io.anyqueue.core.pipeline.Source;
import io.anyqueue.spi.Receiver;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;

/**
 * Fetches what can be started soon. It has no thread: a worker that has run dry runs it, one at a time, and so hands nothing
 * over to itself.
 */
final class PollLoop {
    private static final int BATCH = 256;
    /** So much less is no swing of an estimate: handlers have become slow. */
    private static final int FAR_LESS = 8;
    /** The adapter may always hold a quarter of the bytes. */
    private static final int LEAST_SHARE = 4;

    private final Source source;
    private final Receiver receiver;
    private final InFlight inFlight;
    private final Dispatcher dispatcher;
    private final IntSupplier waiting;
    private final Prefetch prefetch;
    private final Losses losses;
    private final int perRun;
    private final boolean ordered;
    private final AtomicBoolean polling = new AtomicBoolean();
    private volatile boolean stopped;
    private volatile Set<Cause> causes = Set.of();
    private volatile boolean starved;
    private volatile boolean requested;
    /** Read and written by whoever polls, as are the next two. */
    private int window;
    /** The most that was wanted since less than half of the window is; 0 if more is. */
    private int enough;

    private long enoughSince;

    /** Why nothing is fetched for a while. */
    enum Cause {
        /** The user said so. */
        PAUSED,
        /** What handlers need is away. */
        OUTAGE,
        /** The process cannot run handlers. */
        FATAL,
        /** A suspect runs alone. */
        SUSPECT
    }

    /** @param perRun how many messages one run of the handler takes at most */
    PollLoop(
            Source source,
            Receiver receiver,
            InFlight inFlight,
            Dispatcher dispatcher,
            IntSupplier waiting,
            Prefetch prefetch,
            Losses losses,
            int perRun) {
        this.source = source;
        this.receiver = receiver;
        this.inFlight = inFlight;
        this.dispatcher = dispatcher;
        this.waiting = waiting;
        this.perRun = perRun;
        this.prefetch = prefetch;
        this.losses = losses;
        this.ordered = source.spec().ordered();
    }

    /** Says that there may be something to fetch. Stays said until a fetch that begins afterwards. */
    void request() {
        requested = true;
    }

    /** {@return whether something was said to be there and no fetch has begun since} */
    boolean isRequested() {
        return requested;
    }

    /**
     * Fetches, if no other thread is at it: then the request stays.
     *
     * @param workers how many there may be
     * @param free how many of them have nothing to run, the caller included
     * @return how many jobs were fetched
     */
    int run(int workers, int free) {
        if (!polling.compareAndSet(false, true)) {
            return 0;
        }
        try {
            // Not kept over a pause, or workers would come and go for it: resuming requests anew.
            requested = false;
            return isHeld() ? 0 : fetch(workers, free);
        } finally {
            polling.set(false);
            closeIfHeld();
        }
    }

    private boolean isHeld() {
        return stopped || !causes.isEmpty();
    }

    private int fetch(int workers, int free) {
        int target = (int) Math.min(inFlight.most(), (long) perRun * prefetch.target(workers, free));
        int room = room(target);
        if (room <= 0) {
            // Said before looking again: whoever makes room in between sees it.
            starved = true;
            room = room(target);
            if (room <= 0) {
                return 0;
            }
        }
        long now = source.time().nanoTime();
        openWindow(target, now);
        losses.pollBegins();
        List<Job> polled = new ArrayList<>();
        int count = receiver.poll(room, inFlight.roomBytes(), delivery -> {
            Job job = new Job(delivery);
            job.dueNanos(now);
            delivery.attach(job);
            polled.add(job);
        });
        if (count > 0) {
            source.metrics().received.add(count);
            inFlight.add(polled);
            dispatcher.add(polled);
            losses.pollEnds();
        }
        if (count == room) {
            // There may be more. Who found this fetch going on has fetched nothing, and must not go as if there were
            // none.
            requested = true;
        }
        return count;
    }

    /** On an ordered source one stuck key must not keep the others from being fetched, so only the budget counts. */
    private int room(int target) {
        int room = Math.min(BATCH, inFlight.room());
        return ordered ? room : Math.min(room, target - waiting.getAsInt());
    }

    /** Opened at once, and closed when less was enough for a while: that is work for brokers, and estimates swing. */
    private void openWindow(int target, long now) {
        int wanted = ordered ? Math.max(BATCH, perRun) : target;
        if (wanted > window || wanted < window / FAR_LESS) {
            open(wanted);
        } else if (wanted >= window / 2) {
            enough = 0;
        } else {
            if (enough == 0) {
                enoughSince = now;
            }
            enough = Math.max(enough, wanted);
            if (now - enoughSince >= prefetch.patienceNanos()) {
                open(enough);
            }
        }
    }

    private void open(int messages) {
        enough = 0;
        window = messages;
        // It stays for a while, so a moment without room must not make it tiny.
        receiver.window(messages, Math.max(inFlight.roomBytes(), inFlight.mostBytes() / LEAST_SHARE));
    }

    /** {@return whether it could not fetch for lack of room since this was last asked} */
    boolean wasStarved() {
        if (!starved) {
            return false;
        }
        starved = false;
        return true;
    }

    /** Fetches no more for this cause. Does not wait for a fetch that goes on, as it may be the adapter's poll that calls. */
    void hold(Cause cause) {
        change(cause, true);
        closeIfHeld();
    }

    /** If it was the last cause there is something to fetch: the caller sees to it that a worker looks. */
    void letGo(Cause cause) {
        change(cause, false);
        requested = true;
    }

    private synchronized void change(Cause cause, boolean held) {
        EnumSet<Cause> changed = EnumSet.noneOf(Cause.class);
        changed.addAll(causes);
        if (held) {
            changed.add(cause);
        } else {
            changed.remove(cause);
        }
        causes = changed;
    }

    boolean isHeld(Cause cause) {
        Set<Cause> now = causes;
        return !now.isEmpty() && now.contains(cause);
    }

    /** Fetches no more; returns when no thread is in a fetch. */
    void stop() {
        stopped = true;
        closeIfHeld();
        awaitFetch();
    }

    /** Waits for a fetch that goes on: it does not block, so neither does this for long. Not to be called from within one. */
    void awaitFetch() {
        while (polling.get()) {
            Thread.onSpinWait();
        }
    }

    /** If a fetch goes on, whoever makes it looks again afterwards. */
    private void closeIfHeld() {
        while (isHeld() && polling.compareAndSet(false, true)) {
            boolean open = window != 0;
            try {
                if (open && isHeld()) {
                    window = 0;
                    receiver.window(0, 0);
                }
            } finally {
                polling.set(false);
            }
            if (!open) {
                return;
            }
        }
    }
}
