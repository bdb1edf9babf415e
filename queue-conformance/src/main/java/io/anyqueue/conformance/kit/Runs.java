package io.anyqueue.conformance.kit;

import io.anyqueue.Message;
import io.anyqueue.MessageContext;
import io.anyqueue.MessageHandler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A handler that writes down each of its runs. Nothing is sorted out or repeated: what the broker duplicates is there twice.
 * Called by handler threads, asked by the case's.
 */
public final class Runs implements MessageHandler<String> {
    private final Trial trial;
    private final String name;
    private final MessageHandler<? super String> then;
    private final List<Run> begun = new ArrayList<>();
    private final List<Run> ended = new ArrayList<>();
    private final AtomicInteger running = new AtomicInteger();
    private int most;

    Runs(Trial trial, String name, MessageHandler<? super String> then) {
        this.trial = trial;
        this.name = name;
        this.then = then;
    }

    /**
     * One run.
     *
     * @param payload the payload
     * @param message the message
     * @param attempt {@link MessageContext#attempt}
     * @param deliveries {@link MessageContext#deliveries}
     * @param atNanos when it began, by {@link System#nanoTime}
     */
    public record Run(String payload, Message message, int attempt, int deliveries, long atNanos) {
        /** {@return the id of the message} */
        public String id() {
            return message.id();
        }

        @Override
        public String toString() {
            return payload + " (" + message.id() + ", attempt " + attempt + ", delivery " + deliveries + ")";
        }
    }

    @Override
    public void handle(String payload, MessageContext context) throws Exception {
        Run run = begin(payload, context);
        try {
            then.handle(payload, context);
            end(run);
        } catch (Throwable e) {
            running.decrementAndGet();
            throw e;
        }
    }

    private synchronized Run begin(String payload, MessageContext context) {
        Message message = context.message();
        Run run = new Run(payload, message, context.attempt(), context.deliveries(), System.nanoTime());
        begun.add(run);
        most = Math.max(most, running.incrementAndGet());
        trial.timeline()
                .add(
                        message.id(),
                        message.key().orElse(""),
                        Timeline.What.DELIVERED,
                        "to " + name + ", attempt " + run.attempt());
        return run;
    }

    private synchronized void end(Run run) {
        running.decrementAndGet();
        ended.add(run);
        trial.timeline().add(run.id(), run.message().key().orElse(""), Timeline.What.ACKED, name + " returned");
    }

    /** {@return the runs so far, in the order in which they began} */
    public synchronized List<Run> all() {
        return List.copyOf(begun);
    }

    /** {@return the payloads of the runs so far, in the order in which they began} */
    public List<String> payloads() {
        return all().stream().map(Run::payload).toList();
    }

    /** {@return the payloads of the runs that returned, in the order in which they did} */
    public synchronized List<String> handled() {
        return ended.stream().map(Run::payload).toList();
    }

    /**
     * The runs for one payload.
     *
     * @param payload the payload
     * @return its runs so far, in order
     */
    public List<Run> of(String payload) {
        return all().stream().filter(run -> run.payload().equals(payload)).toList();
    }

    /**
     * The attempts of one payload.
     *
     * @param payload the payload
     * @return the attempt of each of its runs so far, in order
     */
    public List<Integer> attempts(String payload) {
        return of(payload).stream().map(Run::attempt).toList();
    }

    /** {@return how many run now} */
    public int running() {
        return running.get();
    }

    /** {@return the most that ran at the same time} */
    public synchronized int mostAtOnce() {
        return most;
    }

    /**
     * Waits for runs.
     *
     * @param count at least so many have begun
     * @return this
     */
    public Runs await(int count) {
        return await(count, Trial.SIGNAL);
    }

    /**
     * Waits for runs.
     *
     * @param count at least so many have begun
     * @param limit for how long
     * @return this
     */
    public Runs await(int count, Duration limit) {
        trial.eventually(
                () -> count + " runs of " + name + ", there are " + all().size() + ": " + shown(payloads()),
                limit,
                () -> all().size() >= count);
        return this;
    }

    /**
     * Waits for runs to end well.
     *
     * @param count so many have returned
     * @return this
     */
    public Runs awaitHandled(int count) {
        trial.eventually(
                () -> name + " handles " + count + " messages, it has handled " + shown(handled()),
                Trial.SIGNAL,
                () -> handled().size() >= count);
        return this;
    }

    /**
     * Waits until the handler has returned for these payloads, and for nothing else: neither before nor within
     * {@link Trial#SILENCE}.
     *
     * @param payloads the payloads, in any order
     */
    public void exactly(String... payloads) {
        exactly(Arrays.asList(payloads));
    }

    /**
     * As {@link #exactly(String...)}.
     *
     * @param payloads the payloads, in any order
     */
    public void exactly(List<String> payloads) {
        trial.eventually(
                () -> name + " handles " + payloads.size() + " messages, missing " + shown(minus(payloads, handled())),
                Trial.SIGNAL,
                () -> handled().size() >= payloads.size()
                        && minus(payloads, handled()).isEmpty());
        trial.pass(Trial.SILENCE);
        List<String> more = minus(payloads(), payloads);
        trial.check(more.isEmpty(), name + " ran also, or again, for " + shown(more));
    }

    /** Fails if the handler runs, within {@link Trial#SILENCE}, more often than it has. */
    public void noMore() {
        int before = all().size();
        trial.pass(Trial.SILENCE);
        List<Run> now = all();
        trial.check(now.size() == before, name + " ran again, which it must not: " + now.subList(before, now.size()));
    }

    private static List<String> minus(List<String> all, List<String> without) {
        List<String> rest = new ArrayList<>(all);
        without.forEach(rest::remove);
        return rest;
    }

    private static String shown(List<String> payloads) {
        return payloads.size() <= 20 ? payloads.toString() : payloads.subList(0, 20) + " … of " + payloads.size();
    }
}
