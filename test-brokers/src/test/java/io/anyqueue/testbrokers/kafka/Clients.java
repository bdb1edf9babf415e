package io.anyqueue.testbrokers.kafka;

import io.anyqueue.testbrokers.tls.TestCertificates;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** The plain client, with time limits that suit tests. */
final class Clients {
    static final Duration LIMIT = Duration.ofSeconds(60);

    private Clients() {}

    static Map<String, Object> settings(String bootstrap) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap.servers", bootstrap);
        settings.put("request.timeout.ms", 2_000);
        settings.put("default.api.timeout.ms", 60_000);
        settings.put("reconnect.backoff.max.ms", 200);
        return settings;
    }

    /** {@return settings for TLS, trusting an authority} */
    static Map<String, Object> tls(String bootstrap, Path authority) {
        Map<String, Object> settings = settings(bootstrap);
        settings.put("security.protocol", "SSL");
        settings.put("ssl.truststore.type", "PEM");
        settings.put("ssl.truststore.location", authority.toString());
        return settings;
    }

    /** {@return settings for a login} */
    static Map<String, Object> login(String bootstrap, String mechanism, String user, String password) {
        Map<String, Object> settings = tls(bootstrap, TestCertificates.get().authority());
        settings.put("security.protocol", "SASL_SSL");
        settings.put("sasl.mechanism", mechanism);
        settings.put(
                "sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"" + user + "\" password=\""
                        + password + "\";");
        return settings;
    }

    static void createTopic(Map<String, Object> settings, String topic) throws Exception {
        create(settings, new NewTopic(topic, Optional.of(1), Optional.empty()));
    }

    /** The topic's one partition is on these nodes, the first of which leads. */
    static void createTopic(Map<String, Object> settings, String topic, List<Integer> nodes) throws Exception {
        create(settings, new NewTopic(topic, Map.of(0, nodes)));
    }

    private static void create(Map<String, Object> settings, NewTopic topic) throws Exception {
        try (Admin admin = Admin.create(settings)) {
            admin.createTopics(List.of(topic)).all().get();
        }
    }

    static KafkaProducer<String, String> producer(Map<String, Object> settings, Duration limit) {
        Map<String, Object> all = new HashMap<>(settings);
        all.put("delivery.timeout.ms", (int) limit.toMillis());
        all.put("max.block.ms", limit.toMillis());
        return new KafkaProducer<>(all, new StringSerializer(), new StringSerializer());
    }

    /** Sends a text and returns when it is confirmed. */
    static void send(KafkaProducer<String, String> producer, String topic, String text) throws Exception {
        producer.send(new ProducerRecord<>(topic, text)).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    static void send(Map<String, Object> settings, String topic, String text) throws Exception {
        try (KafkaProducer<String, String> producer = producer(settings, LIMIT)) {
            send(producer, topic, text);
        }
    }

    /** {@return the first texts of a topic} */
    static List<String> read(Map<String, Object> settings, String topic, int count) {
        List<String> texts = new ArrayList<>();
        long end = System.nanoTime() + LIMIT.toNanos();
        try (KafkaConsumer<String, String> consumer = consumer(settings)) {
            List<TopicPartition> partitions = List.of(new TopicPartition(topic, 0));
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            while (texts.size() < count && System.nanoTime() - end < 0) {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> texts.add(record.value()));
            }
        }
        return texts;
    }

    private static KafkaConsumer<String, String> consumer(Map<String, Object> settings) {
        return new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
    }

    /** {@return what came; throws the cause of a failure} */
    static <T> T get(KafkaFuture<T> future) throws Exception {
        try {
            return future.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } catch (TimeoutException e) {
            throw new IllegalStateException("no answer", e);
        }
    }
}
