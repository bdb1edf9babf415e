package io.anyqueue.kafka.internal;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.spi.BrokerConfig;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is set by the URL's parameters and the native properties, which have the same names. Immutable.
 *
 * @param connectTimeout how long an answer to a question, such as whether a topic exists, may take
 * @param confirmTimeout how long the broker may take to confirm a message; then its fate is unknown
 * @param sessionTimeout after which silence a consumer is dead; where the brokers decide that, what they are set to
 * @param drainTimeout how long a partition that moves away waits for what runs
 * @param maxMessageBytes the largest message
 * @param partitions how many partitions a topic is created with that is not ordered
 * @param replicas how many copies of each partition are created; -1 for the broker's default
 * @param retention how long messages are kept in topics that are created, handled or not
 * @param shared whether queues and subscriptions without order are consumed by share groups
 * @param lockDuration how long a share group locks a message unless that is renewed, which is done
 * @param client properties of the client library
 */
record Settings(
        Duration connectTimeout,
        Duration confirmTimeout,
        Duration sessionTimeout,
        Duration drainTimeout,
        int maxMessageBytes,
        int partitions,
        short replicas,
        Duration retention,
        boolean shared,
        Duration lockDuration,
        ClientProperties client) {
    static final String CONNECT_TIMEOUT = "connect-timeout";
    static final String CONFIRM_TIMEOUT = "confirm-timeout";
    static final String SESSION_TIMEOUT = "session-timeout";
    static final String DRAIN_TIMEOUT = "drain-timeout";
    static final String MAX_MESSAGE_BYTES = "max-message-bytes";
    static final String PARTITIONS = "partitions";
    static final String REPLICAS = "replicas";
    static final String RETENTION = "retention";

    static final String CONSUME = "consume";
    static final String LOCK_DURATION = "lock-duration";
    static final List<String> NAMES = List.of(
            CONNECT_TIMEOUT,
            CONFIRM_TIMEOUT,
            SESSION_TIMEOUT,
            DRAIN_TIMEOUT,
            MAX_MESSAGE_BYTES,
            PARTITIONS,
            REPLICAS,
            RETENTION,
            CONSUME,
            LOCK_DURATION);

    /** What the client's buffer has to hold several of. */
    static final int LARGEST_BYTES = 64 * 1024 * 1024;

    static final int MOST_PARTITIONS = 1_000;

    /** The brokers' default where they decide. */
    private static final Duration BROKERS_SESSION_TIMEOUT = Duration.ofSeconds(45);

    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofMinutes(10);
    /** The group waits for max.poll.interval.ms, 5 minutes by default. */
    private static final Duration LONGEST_DRAIN = Duration.ofMinutes(4);

    /** @throws QueueException INVALID_ARGUMENT or UNSUPPORTED */
    static Settings of(BrokerConfig config) {
        Map<String, String> given = given(config);
        Map<String, String> own = new LinkedHashMap<>();
        Map<String, String> forClient = new LinkedHashMap<>();
        given.forEach((name, value) -> (NAMES.contains(name) ? own : forClient).put(name, value));
        ClientProperties client = ClientProperties.of(forClient);
        Duration session = client.isConsumerProtocol() ? BROKERS_SESSION_TIMEOUT : Duration.ofSeconds(10);
        return new Settings(
                duration(own, CONNECT_TIMEOUT, Duration.ofSeconds(10)),
                duration(own, CONFIRM_TIMEOUT, Duration.ofSeconds(30)),
                duration(own, SESSION_TIMEOUT, session),
                duration(own, DRAIN_TIMEOUT, Duration.ofSeconds(10), SHORTEST, LONGEST_DRAIN),
                number(own, MAX_MESSAGE_BYTES, 1024 * 1024, 1_024, LARGEST_BYTES),
                number(own, PARTITIONS, shared(own) ? 1 : 4, 1, MOST_PARTITIONS),
                (short) number(own, REPLICAS, -1, -1, 100),
                duration(own, RETENTION, Duration.ofDays(7), Duration.ofMinutes(1), Duration.ofDays(36_500)),
                shared(own),
                duration(own, LOCK_DURATION, Duration.ofSeconds(30)),
                client);
    }

    private static Map<String, String> given(BrokerConfig config) {
        Map<String, String> given = new LinkedHashMap<>(config.url().parameters());
        config.nativeProperties().forEach((name, value) -> {
            String other = given.putIfAbsent(name, value);
            if (other != null && !other.equals(value)) {
                throw invalid(
                        "'" + name + "' is set in the URL and also below anyqueue.native, and not to the same", null);
            }
        });
        return given;
    }

    private static boolean shared(Map<String, String> given) {
        String way = given.getOrDefault(CONSUME, "groups");
        return switch (way) {
            case "groups" -> false;
            case "share" -> true;
            default -> throw wrong(CONSUME, way, "groups or share", null);
        };
    }

    private static Duration duration(Map<String, String> given, String name, Duration byDefault) {
        return duration(given, name, byDefault, SHORTEST, LONGEST);
    }

    private static Duration duration(
            Map<String, String> given, String name, Duration byDefault, Duration least, Duration most) {
        String text = given.get(name);
        String right = "a duration of " + least + " to " + most + ", such as " + byDefault;
        try {
            Duration duration = text == null ? byDefault : Duration.parse(text.trim());
            if (duration.compareTo(least) >= 0 && duration.compareTo(most) <= 0) {
                return duration;
            }
        } catch (DateTimeParseException e) {
            throw wrong(name, text, right, e);
        }
        throw wrong(name, text, right, null);
    }

    /** {@return a number in its bounds; also for arguments of one destination} */
    static int number(Map<String, String> given, String name, int byDefault, int least, int most) {
        String text = given.get(name);
        String right = "a whole number from " + least + " to " + most;
        try {
            int number = text == null ? byDefault : Integer.parseInt(text.trim());
            if (number >= least && number <= most && number != 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw wrong(name, text, right, e);
        }
        throw wrong(name, text, right, null);
    }

    private static QueueException wrong(String name, @Nullable String text, String right, @Nullable Throwable cause) {
        return invalid(name + " must be " + right + ", is '" + text + "'", cause);
    }

    private static QueueException invalid(String message, @Nullable Throwable cause) {
        return new QueueException(ErrorCode.INVALID_ARGUMENT, message, cause);
    }
}
