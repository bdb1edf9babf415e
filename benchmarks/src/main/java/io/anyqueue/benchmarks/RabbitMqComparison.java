package io.anyqueue.benchmarks;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import io.anyqueue.QueueClient;
import io.anyqueue.testbrokers.rabbitmq.RabbitMq;
import java.net.URI;
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
 * Anyqueue on RabbitMQ beside the client library alone, on one server, in alternating rounds of one run: the ratios of medians
 * count. The queues are Anyqueue's, durable quorum queues, and so are the messages that are consumed: 1 KiB with three headers.
 * Arguments: {@code [rounds] [which of sends,receives,blocking,latency] [which lanes, by number]}.
 */
public final class RabbitMqComparison {
    private static final int BODY = 1024;
    private static final int WARM_UP_ROUNDS = 6;
    private static final int SENDS = 20_000;
    private static final int RECEIVES = 40_000;
    /** As for {@link #IN_FLIGHT_BEFORE}. */
    private static final int RECEIVES_BEFORE = 4_000;

    private static final int CONCURRENCY = 8;
    private static final int BLOCKING_CONCURRENCY = 64;
    private static final int BLOCKING_MILLIS = 2;
    private static final int RATE = 1_000;
    private static final int LATENCY_SECONDS = 4;
    private static final long LIMIT_NANOS = 120_000_000_000L;

    private static final String OURS = "Anyqueue";

    private final String url;
    private final int rounds;
    private final List<RabbitMqProgram.Factory> lanes;
    private int queues;

    private RabbitMqComparison(String url, int rounds, List<RabbitMqProgram.Factory> lanes) {
        this.url = url;
        this.rounds = rounds;
        this.lanes = lanes;
    }

    /** Runs the comparison and prints it. */
    public static void main(String[] args) throws Exception {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 7;
        String which = args.length > 1 ? args[1] : "sends,receives,blocking,latency";
        List<RabbitMqProgram.Factory> all =
                List.of(AnyqueueRabbitMqProgram::new, RawRabbitMqProgram::withPool, RawRabbitMqProgram::withChannels);
        List<RabbitMqProgram.Factory> lanes = args.length > 2
                ? args[2].chars().mapToObj(number -> all.get(number - '0')).toList()
                : all;
        try (RabbitMq server = RabbitMq.own()) {
            System.out.println("RabbitMQ " + server.version() + ", "
                    + Runtime.getRuntime().availableProcessors() + " cores for it and for this program");
            RabbitMqComparison comparison = new RabbitMqComparison(server.uri().toString(), rounds, lanes);
            for (String each : which.split(",", -1)) {
                comparison.run(each);
            }
        }
    }

    private void run(String which) throws Exception {
        switch (which) {
            case "sends" -> compare("confirmed sends, " + RabbitMqProgram.IN_FLIGHT + " in flight", this::sends);
            case "receives" -> compare("receives, concurrency " + CONCURRENCY, this::receives);
            case "blocking" ->
                compare("handler of " + BLOCKING_MILLIS + " ms, concurrency " + BLOCKING_CONCURRENCY, this::blocking);
            case "latency" -> latency();
            default -> throw new IllegalArgumentException("there is no " + which);
        }
    }

    /** One round of one lane. */
    private interface Measurement {
        Throughput run(RabbitMqProgram.Factory lane, String queue) throws Exception;
    }

    private record Throughput(String lane, double perSecond, double bytesPerMessage, double microsPerMessage) {}

    /** Where a measurement began. */
    private record Start(long nanos, long bytes, long processorNanos) {
        static Start now() {
            return new Start(System.nanoTime(), Figures.allocatedBytes(), Figures.processorNanos());
        }

        Throughput end(RabbitMqProgram program, int messages) {
            double seconds = (System.nanoTime() - nanos) / 1e9;
            return new Throughput(
                    program.name(),
                    messages / seconds,
                    (Figures.allocatedBytes() - bytes) / (double) messages,
                    (Figures.processorNanos() - processorNanos) / 1e3 / messages);
        }
    }

    private void compare(String what, Measurement measurement) throws Exception {
        Map<String, double[]> rates = new LinkedHashMap<>();
        Map<String, double[]> bytes = new LinkedHashMap<>();
        Map<String, double[]> micros = new LinkedHashMap<>();
        for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
            for (RabbitMqProgram.Factory lane : inTurn(round)) {
                Throughput result = inQueue(queue -> measurement.run(lane, queue));
                if (round >= 0) {
                    rates.computeIfAbsent(result.lane(), n -> new double[rounds])[round] = result.perSecond();
                    bytes.computeIfAbsent(result.lane(), n -> new double[rounds])[round] = result.bytesPerMessage();
                    micros.computeIfAbsent(result.lane(), n -> new double[rounds])[round] = result.microsPerMessage();
                }
            }
        }
        double ours = Figures.median(
                rates.getOrDefault(OURS, rates.values().iterator().next()));
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
    private List<RabbitMqProgram.Factory> inTurn(int round) {
        List<RabbitMqProgram.Factory> turned = new ArrayList<>(lanes);
        Collections.rotate(turned, round);
        return turned;
    }

    private Throughput sends(RabbitMqProgram.Factory lane, String queue) throws Exception {
        try (RabbitMqProgram program = lane.open(url, queue)) {
            send(program, IN_FLIGHT_BEFORE);
            Start start = Start.now();
            send(program, SENDS);
            return start.end(program, SENDS);
        }
    }

    /** So that connecting and opening channels are not in the figures. */
    private static final int IN_FLIGHT_BEFORE = 100;

    private static void send(RabbitMqProgram program, int messages) throws Exception {
        byte[] body = new byte[BODY];
        for (int i = 0; i < messages; i++) {
            program.send(body);
        }
        program.awaitConfirmed();
    }

    private Throughput receives(RabbitMqProgram.Factory lane, String queue) throws Exception {
        return consumes(lane, queue, CONCURRENCY, body -> {});
    }

    private Throughput blocking(RabbitMqProgram.Factory lane, String queue) throws Exception {
        return consumes(lane, queue, BLOCKING_CONCURRENCY, body -> {
            try {
                Thread.sleep(BLOCKING_MILLIS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private Throughput consumes(RabbitMqProgram.Factory lane, String queue, int concurrency, Consumer<byte[]> handler)
            throws Exception {
        try (RabbitMqProgram program = new AnyqueueRabbitMqProgram(url, queue)) {
            send(program, RECEIVES);
        }
        Throughput result;
        try (RabbitMqProgram program = lane.open(url, queue)) {
            AtomicInteger handled = new AtomicInteger();
            program.consume(concurrency, body -> {
                handler.accept(body);
                handled.incrementAndGet();
            });
            await(handled, RECEIVES_BEFORE);
            int before = handled.get();
            Start start = Start.now();
            await(handled, RECEIVES);
            result = start.end(program, RECEIVES - before);
        }
        long left = messagesIn(queue);
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
            for (RabbitMqProgram.Factory lane : inTurn(round)) {
                inQueue(queue -> latency(lane, queue, histograms));
            }
        }
        System.out.printf(Locale.ROOT, "%nend-to-end latency at %d/s%n", RATE);
        Histogram ours =
                histograms.getOrDefault(OURS, histograms.values().iterator().next());
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

    private Void latency(RabbitMqProgram.Factory lane, String queue, Map<String, Histogram> histograms)
            throws Exception {
        int messages = RATE * LATENCY_SECONDS;
        try (RabbitMqProgram program = lane.open(url, queue)) {
            Histogram histogram = histograms.computeIfAbsent(program.name(), name -> new Histogram(3));
            AtomicInteger handled = new AtomicInteger();
            program.consume(CONCURRENCY, body -> {
                long latency =
                        System.nanoTime() - java.nio.ByteBuffer.wrap(body).getLong();
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
                java.nio.ByteBuffer.wrap(body).putLong(due);
                program.send(body);
            }
            program.awaitConfirmed();
            await(handled, messages);
        }
        return null;
    }

    /** What needs a queue. */
    private interface Task<R> {
        R run(String queue) throws Exception;
    }

    /** In a new queue, which is deleted afterwards; nothing of it may have become a dead letter. */
    private <R> R inQueue(Task<R> task) throws Exception {
        String queue = "bench-" + ++queues;
        try (QueueClient client = QueueClient.connect(url)) {
            client.queue(queue, byte[].class);
        }
        R result = task.run(queue);
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(URI.create(url));
        try (Connection connection = factory.newConnection();
                Channel channel = connection.createChannel()) {
            channel.queueDelete(queue);
            if (channel.queueDelete(queue + "--dlq").getMessageCount() > 0) {
                throw new IllegalStateException("messages of " + queue + " were given up");
            }
        }
        return result;
    }

    private long messagesIn(String queue) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(URI.create(url));
        try (Connection connection = factory.newConnection();
                Channel channel = connection.createChannel()) {
            return channel.messageCount(queue);
        }
    }
}
