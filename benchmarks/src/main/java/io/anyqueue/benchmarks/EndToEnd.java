package io.anyqueue.benchmarks;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/**
 * Send, handle and acknowledge 1 KiB bodies in memory, beside bare queues, in alternating rounds of one run: machines are
 * noisy, so the ratios count, of medians. Arguments: {@code [messages per round] [rounds] [only this lane]}.
 */
public final class EndToEnd {
    private static final int BODY = 1024;
    private static final int LATENCY_RATE = 100_000;
    private static final int LATENCY_SECONDS = 5;

    private EndToEnd() {}

    /** Runs the comparison and prints it. */
    public static void main(String[] args) throws InterruptedException {
        int messages = args.length > 0 ? Integer.parseInt(args[0]) : 1_000_000;
        int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 7;
        List<Lane.Factory> factories = args.length > 2
                ? List.of(AnyqueueLane::new)
                : List.of(
                        AnyqueueLane::new,
                        QueueLane::linkedTransferQueue,
                        QueueLane::arrayBlockingQueue,
                        QueueLane::mpmcArrayQueue);
        Map<String, double[]> rates = new LinkedHashMap<>();
        Map<String, double[]> bytes = new LinkedHashMap<>();
        for (int round = -2; round < rounds; round++) {
            for (Lane.Factory factory : factories) {
                Throughput result = throughput(factory, messages);
                if (round >= 0) {
                    rates.computeIfAbsent(result.name(), n -> new double[rounds])[round] = result.perSecond();
                    bytes.computeIfAbsent(result.name(), n -> new double[rounds])[round] = result.bytesPerMessage();
                }
            }
        }
        report(rates, bytes);
        System.out.println();
        for (Lane.Factory factory : factories) {
            latency(factory);
        }
    }

    private record Throughput(String name, double perSecond, double bytesPerMessage) {}

    private static Throughput throughput(Lane.Factory factory, int messages) throws InterruptedException {
        byte[] body = new byte[BODY];
        AtomicLong handled = new AtomicLong();
        Thread main = Thread.currentThread();
        try (Lane lane = factory.open(received -> {
            if (handled.incrementAndGet() == messages) {
                java.util.concurrent.locks.LockSupport.unpark(main);
            }
        })) {
            long bytesBefore = Figures.allocatedBytes();
            long start = System.nanoTime();
            for (int i = 0; i < messages; i++) {
                lane.send(body);
            }
            while (handled.get() < messages) {
                java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            return new Throughput(
                    lane.name(), messages / seconds, (Figures.allocatedBytes() - bytesBefore) / (double) messages);
        }
    }

    private static void report(Map<String, double[]> rates, Map<String, double[]> bytes) {
        double ours = Figures.median(rates.values().iterator().next());
        System.out.printf(
                Locale.ROOT,
                "%-22s %14s %22s %14s %8s%n",
                "lane",
                "messages/s",
                "(min to max)",
                "bytes/message",
                "ratio");
        rates.forEach((name, perSecond) -> System.out.printf(
                Locale.ROOT,
                "%-22s %14.0f %10.0f to %8.0f %14.0f %8.2f%n",
                name,
                Figures.median(perSecond),
                Figures.least(perSecond),
                Figures.most(perSecond),
                Figures.median(bytes.getOrDefault(name, new double[1])),
                ours / Figures.median(perSecond)));
        System.out.println(
                "ratio: Anyqueue's messages/s to the lane's. Anyqueue copies each body twice (rules SND-7 and"
                        + " RTY-3), which is " + 2 * (BODY + 16) + " of its bytes; the bare queues copy nothing.");
    }

    /** From the time a message was due, not from when it was sent: a stall counts for all that it held up. */
    private static void latency(Lane.Factory factory) throws InterruptedException {
        int messages = LATENCY_RATE * LATENCY_SECONDS;
        long[] due = new long[messages];
        Histogram histogram = new Histogram(3);
        AtomicLong handled = new AtomicLong();
        try (Lane lane = factory.open(received -> {
            int index = (int) handled.get();
            if (index >= LATENCY_RATE) {
                histogram.recordValue(Math.max(0, System.nanoTime() - due[index]));
            }
            handled.incrementAndGet();
        })) {
            byte[] body = new byte[BODY];
            long start = System.nanoTime();
            for (int i = 0; i < messages; i++) {
                due[i] = start + i * (1_000_000_000L / LATENCY_RATE);
                while (System.nanoTime() - due[i] < 0) {
                    Thread.onSpinWait();
                }
                lane.send(body);
            }
            while (handled.get() < messages) {
                Thread.onSpinWait();
            }
            System.out.printf(
                    Locale.ROOT,
                    "%-22s at %d/s: p50 %.0f us, p99 %.0f us, p99.9 %.0f us, max %.1f ms%n",
                    lane.name(),
                    LATENCY_RATE,
                    histogram.getValueAtPercentile(50) / 1e3,
                    histogram.getValueAtPercentile(99) / 1e3,
                    histogram.getValueAtPercentile(99.9) / 1e3,
                    histogram.getMaxValue() / 1e6);
        }
    }
}
