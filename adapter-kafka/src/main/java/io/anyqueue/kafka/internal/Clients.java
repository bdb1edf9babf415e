package io.anyqueue.kafka.internal;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.spi.BrokerConfig;
import io.anyqueue.spi.BrokerUrl.HostPort;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the client library's clients, with everything that the promises depend on, and keeps those that are shared. Safe for use by any
 * thread; making one may wait for names to be resolved.
 */
final class Clients {
    private static final Logger LOG = LoggerFactory.getLogger(Clients.class);
    private static final int DEFAULT_PORT = 9092;
    private static final int MOST_POLLED = 1_000;
    private static final int FETCH_BYTES = 16 * 1024 * 1024;
    /** The brokers let only one member of a share group fetch at a time, and the next one when its wait is over. */
    private static final int SHARE_WAIT_MILLIS = 100;

    private static final int HEARTBEAT_MILLIS = 500;
    private static final int REQUEST_MILLIS = 5_000;
    private static final int TRANSACTION_MILLIS = 10_000;
    private static final int METADATA_MILLIS = 10_000;
    /** What a record has beside its body: headers of 128 KiB at most, the key, and some for framing. */
    static final int RECORD_OVERHEAD_BYTES = 256 * 1024;

    /** The library refuses these for share groups, where the brokers decide. */
    private static final Set<String> NOT_OF_SHARE_GROUPS = Set.of(
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
            ConsumerConfig.GROUP_INSTANCE_ID_CONFIG,
            ConsumerConfig.ISOLATION_LEVEL_CONFIG,
            ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
            ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG,
            ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
            ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
            ConsumerConfig.GROUP_PROTOCOL_CONFIG,
            ConsumerConfig.GROUP_REMOTE_ASSIGNOR_CONFIG);

    private static final AtomicLong NUMBERS = new AtomicLong();

    private final BrokerConfig config;
    private final Settings settings;
    private final String id = "anyqueue-" + Long.toHexString(System.nanoTime()) + "-" + NUMBERS.incrementAndGet();
    private final ReentrantLock lock = new ReentrantLock();
    private final ClusterHealth health = new ClusterHealth(this);
    private final ShareGroups shareGroups = new ShareGroups(this);
    private @Nullable Admin admin;
    private @Nullable Producer<byte[], byte[]> producer;
    private boolean closed;

    Clients(BrokerConfig config) {
        this.config = config;
        if (config.url().hosts().isEmpty()) {
            throw new QueueException(
                    ErrorCode.INVALID_ARGUMENT, "the URL has no host: write kafka://host:port,host:port");
        }
        if (!config.url().path().isEmpty()) {
            throw new QueueException(
                    ErrorCode.INVALID_ARGUMENT,
                    "the URL has the path '" + config.url().path() + "', and Kafka has none: write kafka://host:port");
        }
        this.settings = Settings.of(config);
        Security.check(config, settings.client());
    }

    BrokerConfig config() {
        return config;
    }

    Settings settings() {
        return settings;
    }

    ClusterHealth health() {
        return health;
    }

    ShareGroups shareGroups() {
        return shareGroups;
    }

    Admin admin() {
        lock.lock();
        try {
            checkOpen();
            if (admin == null) {
                admin = Admin.create(adminProperties());
            }
            return admin;
        } finally {
            lock.unlock();
        }
    }

    /** {@return the client for administration, if there was a use for it} */
    @Nullable
    Admin presentAdmin() {
        lock.lock();
        try {
            return admin;
        } finally {
            lock.unlock();
        }
    }

    Producer<byte[], byte[]> producer() {
        lock.lock();
        try {
            checkOpen();
            if (producer == null) {
                producer =
                        new KafkaProducer<>(producerProperties(), new ByteArraySerializer(), new ByteArraySerializer());
            }
            return producer;
        } finally {
            lock.unlock();
        }
    }

    /** Gives up a producer that will never send again, as after a refused login; what is on its way in it is unknown. */
    void discard(Producer<byte[], byte[]> broken) {
        lock.lock();
        try {
            if (producer != broken) {
                return;
            }
            producer = null;
        } finally {
            lock.unlock();
        }
        Timers.blocking(config, () -> guarded(() -> broken.close(Duration.ZERO)));
    }

    @Nullable
    Producer<byte[], byte[]> presentProducer() {
        lock.lock();
        try {
            return producer;
        } finally {
            lock.unlock();
        }
    }

    /** {@return a new producer of transactions, which waits for the brokers; it is the caller's} */
    Producer<byte[], byte[]> transactional(String transactionalId) {
        Map<String, Object> properties = producerProperties();
        int limit = Math.min(TRANSACTION_MILLIS, (int) settings.confirmTimeout().toMillis());
        properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
        // Readers of its topics wait for a transaction that nobody ends.
        properties.putIfAbsent(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, TRANSACTION_MILLIS);
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, (long) limit);
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, limit);
        properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        properties.computeIfPresent(
                "request.timeout.ms",
                (name, set) -> Math.min(Integer.parseInt(String.valueOf(set).trim()), limit));
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** {@return a new consumer; it is the caller's} */
    Consumer<byte[], byte[]> consumer(String group, String name) {
        return new KafkaConsumer<>(
                consumerProperties(group, name), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** {@return a new member of a share group, which takes so many records at once; it is the caller's} */
    ShareConsumer<byte[], byte[]> shareConsumer(String group, String name, int most) {
        Map<String, Object> properties = new HashMap<>();
        properties.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
        properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, SHARE_WAIT_MILLIS);
        Set<String> known = new HashSet<>(ConsumerConfig.configNames());
        known.removeAll(NOT_OF_SHARE_GROUPS);
        properties.putAll(common(ClientProperties.CONSUMER, known, name));
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, most);
        properties.put(ConsumerConfig.SHARE_ACQUIRE_MODE_CONFIG, "record_limit");
        properties.put(ConsumerConfig.SHARE_ACKNOWLEDGEMENT_MODE_CONFIG, "explicit");
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        return new KafkaShareConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** {@return a new consumer that is in no group, to look at a log with; it is the caller's} */
    Consumer<byte[], byte[]> reader() {
        Map<String, Object> properties = consumerProperties(id, "browser");
        properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
        properties.remove(ConsumerConfig.GROUP_PROTOCOL_CONFIG);
        properties.remove(ConsumerConfig.GROUP_REMOTE_ASSIGNOR_CONFIG);
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private void checkOpen() {
        if (closed) {
            throw new QueueException(ErrorCode.CLOSED, "the client of " + config.url() + " is closed");
        }
    }

    private Map<String, Object> common(String prefix, Set<String> known, String kind) {
        Map<String, Object> properties = new HashMap<>();
        List<String> servers =
                config.url().hosts().stream().map(Clients::server).toList();
        properties.put("bootstrap.servers", servers);
        properties.put("client.id", id + "-" + kind);
        properties.put("request.timeout.ms", REQUEST_MILLIS);
        properties.put("metadata.max.age.ms", METADATA_MILLIS);
        properties.putAll(Security.properties(config, settings.client()));
        properties.putAll(settings.client().of(prefix, known));
        return properties;
    }

    private static String server(HostPort host) {
        int port = host.port() < 0 ? DEFAULT_PORT : host.port();
        return (host.host().contains(":") ? "[" + host.host() + "]" : host.host()) + ":" + port;
    }

    private Map<String, Object> adminProperties() {
        Map<String, Object> properties = common(ClientProperties.ADMIN, AdminClientConfig.configNames(), "admin");
        int millis = (int) settings.connectTimeout().toMillis();
        properties.putIfAbsent("default.api.timeout.ms", millis);
        properties.computeIfPresent(
                "request.timeout.ms",
                (name, set) -> set.equals(REQUEST_MILLIS) ? Math.min(REQUEST_MILLIS, millis) : set);
        return properties;
    }

    private Map<String, Object> producerProperties() {
        Map<String, Object> properties = new HashMap<>();
        properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 64L * 1024 * 1024 + settings.maxMessageBytes());
        properties.put(ProducerConfig.BATCH_SIZE_CONFIG, 64 * 1024);
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, settings.maxMessageBytes() + RECORD_OVERHEAD_BYTES);
        properties.putAll(common(ClientProperties.PRODUCER, ProducerConfig.configNames(), "producer"));
        int confirm = (int) settings.confirmTimeout().toMillis();
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, confirm);
        // A send that would have to wait fails, and is tried again where waiting does no harm.
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 0);
        properties.computeIfPresent(
                "request.timeout.ms",
                (name, set) -> set.equals(REQUEST_MILLIS) ? Math.min(REQUEST_MILLIS, confirm) : set);
        return properties;
    }

    private Map<String, Object> consumerProperties(String group, String name) {
        Map<String, Object> properties = new HashMap<>();
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, MOST_POLLED);
        properties.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        if (settings.client().isConsumerProtocol()) {
            // The other one of the brokers' balances the sum of all topics, as the library's own does.
            properties.put(ConsumerConfig.GROUP_REMOTE_ASSIGNOR_CONFIG, "range");
        } else {
            properties.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, EachTopicAssignor.class.getName());
            properties.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, HEARTBEAT_MILLIS);
            properties.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, (int)
                    settings.sessionTimeout().toMillis());
        }
        properties.putAll(common(ClientProperties.CONSUMER, ConsumerConfig.configNames(), name));
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        return properties;
    }

    /** Waits for what it closes, up to the limit. */
    void close(Duration limit) {
        Admin oldAdmin;
        Producer<byte[], byte[]> oldProducer;
        lock.lock();
        try {
            closed = true;
            oldAdmin = admin;
            oldProducer = producer;
            admin = null;
            producer = null;
        } finally {
            lock.unlock();
        }
        health.close();
        Duration time = limit.isNegative() ? Duration.ZERO : limit;
        if (oldProducer != null) {
            guarded(() -> oldProducer.close(time));
        }
        if (oldAdmin != null) {
            guarded(() -> oldAdmin.close(time));
        }
    }

    /** One step that fails, such as when the application's executor is shut down meanwhile, must not skip the next. */
    private static void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            LOG.debug("a client of Kafka did not close in order", e);
        }
    }

    @Override
    public String toString() {
        return "Kafka at " + config.url().hosts().stream().map(Clients::server).collect(Collectors.joining(","));
    }
}
