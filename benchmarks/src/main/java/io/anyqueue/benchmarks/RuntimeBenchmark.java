package io.anyqueue.benchmarks;

import io.anyqueue.ClientOptions;
import io.anyqueue.Message;
import io.anyqueue.MessageQueue;
import io.anyqueue.QueueClient;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the runtime costs for one message, without a broker: the send path, and the path from the poll to the acknowledgement
 * with a handler that does nothing. Run with {@code -prof gc} for the bytes.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class RuntimeBenchmark {
    private static final int BATCH = 1_000;
    private static final byte[] BODY = new byte[1024];

    private final FeedBroker broker = new FeedBroker(Message.builder("0190a5b2-7c3d-7e4f-8a1b-2c3d4e5f6071")
            .contentType("application/octet-stream")
            .body(BODY)
            .build());
    private final ByteBuffer payload = ByteBuffer.wrap(BODY);
    private final QueueClient client;
    private final MessageQueue<ByteBuffer> target;

    /** Opens a client whose workers run on the benchmark's thread. */
    public RuntimeBenchmark() {
        Executor inline = Runnable::run;
        client = QueueClient.connect(
                ClientOptions.of("inmemory:").use(broker).use(inline).use(new SimpleMeterRegistry()));
        target = client.queue("target", ByteBuffer.class);
        client.queue("feed", ByteBuffer.class).consume(body -> {});
    }

    /** Closes the client. */
    @TearDown
    public void close() {
        client.close();
    }

    /** Poll, pipeline, handler and acknowledgement; bodies are read-only views, nothing is copied. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long consume() {
        return broker.feed(BATCH);
    }

    /** Stamp, encode (one copy of 1,040 bytes, rule SND-7), gate, batcher and confirmation. */
    @Benchmark
    public String send() {
        return target.send(payload);
    }
}
