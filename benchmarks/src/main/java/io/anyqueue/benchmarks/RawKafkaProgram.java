package io.anyqueue.benchmarks;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * The client library as good programs use it: an idempotent producer with callbacks, and one consumer that commits after each poll. Handlers
 * run on the polling thread, or, where they block, on a pool, which is waited for before the commit; that keeps no order of keys.
 */
final class RawKafkaProgram implements Program {
    /** Above this concurrency the handlers are taken to block. */
    private static final int MOST_ON_POLLING_THREAD = 8;

    private final Target target;
    private final boolean ahead;
    private final Map<String, Object> common;
    private final KafkaProducer<byte[], byte[]> producer;
    private final Semaphore room;
    private @Nullable Thread polling;
    private volatile @Nullable Throwable failure;
    private volatile boolean closing;

    private RawKafkaProgram(Target target, boolean ahead) {
        this.target = target;
        this.ahead = ahead;
        this.room = new Semaphore(target.inFlight());
        this.common = Map.of("bootstrap.servers", target.url().substring("kafka://".length()));
        this.producer = new KafkaProducer<>(producerProperties(), new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** With the library's defaults; a poll begins when the commit of the one before is done. */
    static Program waiting(Target target) {
        return new RawKafkaProgram(target, false);
    }

    /** With the settings of our adapter; polls while commits are under way. */
    static Program ahead(Target target) {
        return new RawKafkaProgram(target, true);
    }

    static String group(Target target) {
        return "raw-" + target.name();
    }

    private Map<String, Object> producerProperties() {
        Map<String, Object> properties = new TreeMap<>(common);
        properties.put("acks", "all");
        properties.put("enable.idempotence", true);
        // As our adapter has it.
        properties.put("linger.ms", ahead ? 0 : 5);
        properties.put("batch.size", 64 * 1024);
        properties.put("buffer.memory", 64 * 1024 * 1024);
        return properties;
    }

    @Override
    public String name() {
        return ahead ? "kafka-clients, ahead" : "kafka-clients";
    }

    @Override
    public void send(byte[] body) throws InterruptedException {
        byte[] key = target.ordered() ? Target.key(body).getBytes(StandardCharsets.UTF_8) : null;
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(target.name(), key, body);
        HEADERS.forEach((name, value) -> record.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
        room.acquire();
        var unused = producer.send(record, (metadata, why) -> {
            if (why != null) {
                failure = why;
            }
            room.release();
        });
    }

    @Override
    public void awaitConfirmed() throws InterruptedException {
        room.acquire(target.inFlight());
        room.release(target.inFlight());
        check();
    }

    private void check() {
        Throwable why = failure;
        if (why != null) {
            throw new IllegalStateException("the client library failed", why);
        }
    }

    private Map<String, Object> consumerProperties() {
        Map<String, Object> properties = new TreeMap<>(common);
        properties.put("group.id", group(target));
        properties.put("enable.auto.commit", false);
        properties.put("auto.offset.reset", "earliest");
        properties.put("isolation.level", "read_committed");
        if (ahead) {
            properties.put("max.poll.records", 1_000);
            properties.put("fetch.max.bytes", 16 * 1024 * 1024);
        }
        return properties;
    }

    @Override
    public void consume(int concurrency, Consumer<byte[]> handler) {
        Thread thread = new Thread(
                () -> {
                    try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                            consumerProperties(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
                        consumer.subscribe(List.of(target.name()));
                        poll(consumer, concurrency, handler);
                    } catch (Exception e) {
                        failure = e;
                    }
                },
                "raw-polling");
        polling = thread;
        thread.start();
    }

    private void poll(KafkaConsumer<byte[], byte[]> consumer, int concurrency, Consumer<byte[]> handler)
            throws Exception {
        ExecutorService pool = concurrency > MOST_ON_POLLING_THREAD ? Executors.newFixedThreadPool(concurrency) : null;
        try {
            while (!closing) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofMillis(100));
                if (records.isEmpty()) {
                    continue;
                }
                handle(records, pool, handler);
                if (ahead) {
                    consumer.commitAsync();
                } else {
                    consumer.commitSync();
                }
            }
            consumer.commitSync();
        } finally {
            if (pool != null) {
                pool.shutdown();
            }
        }
    }

    private static void handle(
            ConsumerRecords<byte[], byte[]> records, @Nullable ExecutorService pool, Consumer<byte[]> handler)
            throws Exception {
        if (pool == null) {
            for (ConsumerRecord<byte[], byte[]> record : records) {
                handler.accept(record.value());
            }
            return;
        }
        List<Future<?>> running = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            running.add(pool.submit(() -> handler.accept(record.value())));
        }
        for (Future<?> each : running) {
            each.get();
        }
    }

    @Override
    public void close() {
        closing = true;
        Thread thread = polling;
        if (thread != null) {
            try {
                thread.join(TimeUnit.SECONDS.toMillis(30));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        producer.close(Duration.ofSeconds(30));
        check();
    }
}
