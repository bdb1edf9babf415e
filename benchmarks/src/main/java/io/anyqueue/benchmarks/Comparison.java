package io.anyqueue.benchmarks;

import io.anyqueue.benchmarks.BenchmarkedBroker.Load;
import io.anyqueue.benchmarks.Program.Target;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;

/**
 * Anyqueue beside the client library alone, on one broker, in alternating rounds of one run: the ratios of medians count. The queues are
 * Anyqueue's, and so are the messages that are consumed: 1 KiB with three headers. Used by one thread.
 */
final class Comparison {
    private static final int BODY = 1024;
    private static final int CONCURRENCY = 8;
    private static final int BLOCKING_CONCURRENCY = 64;
    private static final int BLOCKING_MILLIS = 2;
    private static final int RATE = 1_000;
    private static final int LATENCY_SECONDS = 4;
    private static final long LIMIT_NANOS = 120_000_000_000L;

    private final BenchmarkedBroker broker;
    private final Load load;
    private final int rounds;
    private final int warmUpRounds;
    private final List<Program.Factory> lanes;
    private int queues;

    private Comparison(BenchmarkedBroker broker, int rounds, int warmUpRounds, List<Program.Factory> lanes) {
        this.broker = broker;
        this.load = broker.load();
        this.rounds = rounds;
        this.warmUpRounds = warmUpRounds;
        this.lanes = lanes;
    }

    /**
     * Runs comparisons and prints them.
     *
     * @param args {@code [rounds] [which, with commas] [which lanes, by number] [rounds to warm up]}
     * @param which what is run where the arguments do not say
     */
    static void run(BenchmarkedBroker broker, List<Program.Factory> all, String which, String[] args) throws Exception {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 7;
        String chosen = args.length > 1 ? args[1] : which;
        List<Program.Factory> lanes = args.length > 2
                ? args[2].chars().mapToObj(number -> all.get(number - '0')).toList()
                : all;
        int warmUp = args.length > 3 ? Integer.parseInt(args[3]) : 6;
        System.out.println(broker.name() + ", " + Runtime.getRuntime().availableProcessors()
                + " cores for it and for this program");
        Comparison comparison = new Comparison(broker, rounds, warmUp, lanes);
        for (String each : chosen.split(",", -1)) {
            comparison.run(each);
        }
    }

    private void run(String which) throws Exception {
        String handlers = "handler of " + BLOCKING_MILLIS + " ms, concurrency " + BLOCKING_CONCURRENCY;
        switch (which) {
            case "sends" -> compare("confirmed sends, " + load.inFlight() + " in flight", false, this::sends);
            case "ordered-sends" -> compare("confirmed sends with keys", true, this::sends);
            case "receives" -> compare("receives, concurrency " + CONCURRENCY, false, this::receives);
            case "ordered-receives" -> compare("receives by key, concurrency " + CONCURRENCY, true, this::receives);
            case "blocking" -> compare(handlers, false, this::blocking);
            case "ordered-blocking" -> compare(handlers + ", by key", true, this::blocking);
            case "latency" -> latency();
            default -> throw new IllegalArgumentException("there is no " + which);
        }
    }

    /** One round of one lane. */
    private interface Measurement {
        Throughput run(Program.Factory lane, Target target) throws Exception;
    }

    private record Throughput(String lane, double perSecond, double bytesPerMessage, double microsPerMessage) {}

    /** Where a measurement began. */
    private record Start(long nanos, long bytes, long processorNanos) {
        static Start now() {
            return new Start(System.nanoTime(), Figures.allocatedBytes(), Figures.processorNanos());
        }

        Throughput end(Program program, int messages) {
            double seconds = (System.nanoTime() - nanos) / 1e9;
            return new Throughput(
                    program.name(),
                    messages / seconds,
                    (Figures.allocatedBytes() - bytes) / (double) messages,
                    (Figures.processorNanos() - processorNanos) / 1e3 / messages);
        }
    }

    private void compare(String what, boolean ordered, Measurement measurement) throws Exception {
        Map<String, double[]> rates = new LinkedHashMap<>();
        Map<String, double[]> bytes = new LinkedHashMap<>();
        Map<String, double[]> micros = new LinkedHashMap<>();
        for (int round = -warmUpRounds; round < rounds; round++) {
            for (Program.Factory lane : inTurn(round)) {
                Throughput result = inQueue(ordered, target -> measurement.run(lane, target));
                if (round >= 0) {
                    rates.computeIfAbsent(result.lane(), n -> new double[rounds])[round] = result.perSecond();
                    bytes.computeIfAbsent(result.lane(), n -> new double[rounds])[round] = result.bytesPerMessage();
                    micros.computeIfAbsent(result.lane(), n -> new double[rounds])[round] = result.microsPerMessage();
                }
            }
        }
        double ours = Figures.median(rates.getOrDefault(
                AnyqueueProgram.NAME, rates.values().iterator().next()));
        System.out.printf(Locale.ROOT, "%n%s%n", what);
        System.out.printf(
                Locale.ROOT,
                "%-22s %10s %20s %14s %15s %6s%n",
                "lane",
                "messages/s",
                "(min to max)",
                "bytes/message",
                "cpu us/message",
                "ratio");
        rates.forEach((name, perSecond) -> System.out.printf(
                Locale.ROOT,
                "%-22s %10.0f %10.0f to %6.0f %14.0f %15.1f %6.2f%n",
                name,
                Figures.median(perSecond),
                Figures.least(perSecond),
                Figures.most(perSecond),
                Figures.median(bytes.getOrDefault(name, new double[1])),
                Figures.median(micros.getOrDefault(name, new double[1])),
                ours / Figures.median(perSecond)));
    }

    /** Each begins once in so many rounds. */
    private List<Program.Factory> inTurn(int round) {
        List<Program.Factory> turned = new ArrayList<>(lanes);
        Collections.rotate(turned, round);
        return turned;
    }

    /** What is sent before is not in the figures, nor are connecting and opening channels. */
    private Throughput sends(Program.Factory lane, Target target) throws Exception {
        try (Program program = lane.open(target)) {
            send(program, load.sendsBefore());
            Start start = Start.now();
            send(program, load.sends());
            return start.end(program, load.sends());
        }
    }

    private static void send(Program program, int messages) throws Exception {
        byte[] body = new byte[BODY];
        for (int i = 0; i < messages; i++) {
            ByteBuffer.wrap(body).putLong(i);
            program.send(body);
        }
        program.awaitConfirmed();
    }

    private Throughput receives(Program.Factory lane, Target target) throws Exception {
        return consumes(lane, target, CONCURRENCY, body -> {});
    }

    private Throughput blocking(Program.Factory lane, Target target) throws Exception {
        return consumes(lane, target, BLOCKING_CONCURRENCY, body -> {
            try {
                Thread.sleep(BLOCKING_MILLIS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private Throughput consumes(Program.Factory lane, Target target, int concurrency, Consumer<byte[]> handler)
            throws Exception {
        try (Program program = new AnyqueueProgram(target)) {
            send(program, load.receives());
        }
        Throughput result;
        try (Program program = lane.open(target)) {
            AtomicInteger handled = new AtomicInteger();
            program.consume(concurrency, body -> {
                handler.accept(body);
                handled.incrementAndGet();
            });
            await(handled, load.receivesBefore());
            int before = handled.get();
            Start start = Start.now();
            await(handled, load.receives());
            result = start.end(program, load.receives() - before);
        }
        long left = broker.left(target, result.lane());
        if (left > 0) {
            throw new IllegalStateException(left + " messages were not acknowledged by " + result.lane());
        }
        return result;
    }

    private static void await(AtomicInteger handled, int messages) {
        long start = System.nanoTime();
        while (handled.get() < messages) {
            if (System.nanoTime() - start > LIMIT_NANOS) {
                throw new IllegalStateException("only " + handled + " of " + messages + " were handled");
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** From the time a message was due, not from when it was sent: a stall counts for all that it held up. */
    private void latency() throws Exception {
        Map<String, Histogram> histograms = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            for (Program.Factory lane : inTurn(round)) {
                inQueue(false, target -> latency(lane, target, histograms));
            }
        }
        System.out.printf(Locale.ROOT, "%nend-to-end latency at %d/s%n", RATE);
        Histogram ours = histograms.getOrDefault(
                AnyqueueProgram.NAME, histograms.values().iterator().next());
        histograms.forEach((name, histogram) -> System.out.printf(
                Locale.ROOT,
                "%-22s p50 %6.0f us (ratio %.2f), p99 %6.0f us (ratio %.2f), max %.1f ms%n",
                name,
                histogram.getValueAtPercentile(50) / 1e3,
                (double) ours.getValueAtPercentile(50) / histogram.getValueAtPercentile(50),
                histogram.getValueAtPercentile(99) / 1e3,
                (double) ours.getValueAtPercentile(99) / histogram.getValueAtPercentile(99),
                histogram.getMaxValue() / 1e6));
    }

    private Void latency(Program.Factory lane, Target target, Map<String, Histogram> histograms) throws Exception {
        int messages = RATE * LATENCY_SECONDS;
        try (Program program = lane.open(target)) {
            Histogram histogram = histograms.computeIfAbsent(program.name(), name -> new Histogram(3));
            AtomicInteger handled = new AtomicInteger();
            program.consume(CONCURRENCY, body -> {
                long latency = System.nanoTime() - ByteBuffer.wrap(body).getLong();
                if (handled.incrementAndGet() > RATE) {
                    synchronized (histogram) {
                        histogram.recordValue(Math.max(0, latency));
                    }
                }
            });
            long start = System.nanoTime();
            for (int i = 0; i < messages; i++) {
                long due = start + i * (1_000_000_000L / RATE);
                for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                byte[] body = new byte[BODY];
                ByteBuffer.wrap(body).putLong(due);
                program.send(body);
            }
            program.awaitConfirmed();
            await(handled, messages);
        }
        return null;
    }

    /** What needs a queue. */
    private interface Task<R> {
        R run(Target target) throws Exception;
    }

    /** In a new queue, which is deleted afterwards; nothing of it may have become a dead letter. */
    private <R> R inQueue(boolean ordered, Task<R> task) throws Exception {
        Target target = new Target(broker.url(), "bench-" + ++queues, ordered, load.inFlight());
        // Declares it.
        new AnyqueueProgram(target).close();
        R result = task.run(target);
        if (broker.delete(target) > 0) {
            throw new IllegalStateException("messages of " + target.name() + " were given up");
        }
        return result;
    }
}
