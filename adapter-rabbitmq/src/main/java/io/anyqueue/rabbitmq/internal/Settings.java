package io.anyqueue.rabbitmq.internal;

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
 * @param connectTimeout how long it may take to reach a server, and then each step of shaking hands with it; of several hosts
 *     each has its share of that. A server that is silent on TLS takes twice as long, as closing such a socket tries once more
 * @param rpcTimeout how long the server may take to answer a question
 * @param confirmTimeout how long the server may take to confirm a message; then its fate is unknown
 * @param heartbeat how often each side says that it lives; a side that is silent for two of them is dead; whole seconds
 * @param maxMessageBytes what the server's {@code max_message_size} is, which it tells nobody
 * @param sasl how to log in
 * @param newQueueWait how long a declaration takes longer that created a queue: until the server has it on disk
 */
record Settings(
        Duration connectTimeout,
        Duration rpcTimeout,
        Duration confirmTimeout,
        Duration heartbeat,
        int maxMessageBytes,
        Sasl sasl,
        Duration newQueueWait) {
    static final String CONNECT_TIMEOUT = "connect-timeout";
    static final String RPC_TIMEOUT = "rpc-timeout";
    static final String CONFIRM_TIMEOUT = "confirm-timeout";
    static final String HEARTBEAT = "heartbeat";
    static final String MAX_MESSAGE_BYTES = "max-message-bytes";
    static final String SASL = "sasl";
    static final String NEW_QUEUE_WAIT = "new-queue-wait";

    static final List<String> NAMES =
            List.of(CONNECT_TIMEOUT, RPC_TIMEOUT, CONFIRM_TIMEOUT, HEARTBEAT, MAX_MESSAGE_BYTES, SASL, NEW_QUEUE_WAIT);

    /** No server takes larger ones, however it is set up. */
    static final int SERVER_MAX_BYTES = 512 * 1024 * 1024;

    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofMinutes(10);

    /** How a client proves who it is. */
    enum Sasl {
        /** By user name and password. */
        PLAIN,
        /** By the certificate of the TLS connection. */
        EXTERNAL
    }

    /** @throws QueueException INVALID_ARGUMENT or UNSUPPORTED */
    static Settings of(BrokerConfig config) {
        Map<String, String> given = given(config);
        return new Settings(
                duration(given, CONNECT_TIMEOUT, Duration.ofSeconds(10)),
                duration(given, RPC_TIMEOUT, Duration.ofSeconds(10)),
                duration(given, CONFIRM_TIMEOUT, Duration.ofSeconds(30)),
                heartbeat(given),
                maxMessageBytes(given),
                sasl(given),
                newQueueWait(given));
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
        given.keySet().stream()
                .filter(name -> !NAMES.contains(name))
                .findFirst()
                .ifPresent(name -> {
                    throw invalid(
                            "the RabbitMQ adapter has no setting '" + name + "'; it has " + String.join(", ", NAMES),
                            null);
                });
        return given;
    }

    private static Duration duration(Map<String, String> given, String name, Duration byDefault) {
        Duration duration = parse(given, name, byDefault);
        if (duration.compareTo(SHORTEST) < 0 || duration.compareTo(LONGEST) > 0) {
            throw wrong(given, name, "a duration of " + SHORTEST + " to " + LONGEST + ", such as " + byDefault, null);
        }
        return duration;
    }

    private static Duration heartbeat(Map<String, String> given) {
        Duration heartbeat = parse(given, HEARTBEAT, Duration.ofSeconds(10));
        if (heartbeat.isZero()) {
            throw new QueueException(
                    ErrorCode.UNSUPPORTED,
                    "heartbeat cannot be switched off on RabbitMQ: a connection that died silently would never be noticed");
        }
        boolean whole = heartbeat.toMillis() == heartbeat.toSeconds() * 1_000;
        if (!whole || heartbeat.toSeconds() < 1 || heartbeat.toSeconds() > 60) {
            throw wrong(given, HEARTBEAT, "whole seconds from PT1S to PT60S", null);
        }
        return heartbeat;
    }

    private static Duration newQueueWait(Map<String, String> given) {
        Duration wait = parse(given, NEW_QUEUE_WAIT, Duration.ofSeconds(2));
        if (wait.isNegative() || wait.compareTo(LONGEST) > 0) {
            throw wrong(given, NEW_QUEUE_WAIT, "a duration of PT0S to " + LONGEST, null);
        }
        return wait;
    }

    private static Duration parse(Map<String, String> given, String name, Duration byDefault) {
        String text = given.get(name);
        try {
            return text == null ? byDefault : Duration.parse(text.trim());
        } catch (DateTimeParseException e) {
            throw wrong(given, name, "a duration such as " + byDefault, e);
        }
    }

    private static int maxMessageBytes(Map<String, String> given) {
        String text = given.getOrDefault(MAX_MESSAGE_BYTES, "16777216");
        String right = "a whole number of bytes from 65536 to " + SERVER_MAX_BYTES + ", the server's max_message_size";
        try {
            int bytes = Integer.parseInt(text.trim());
            if (bytes >= 65_536 && bytes <= SERVER_MAX_BYTES) {
                return bytes;
            }
        } catch (NumberFormatException e) {
            throw wrong(given, MAX_MESSAGE_BYTES, right, e);
        }
        throw wrong(given, MAX_MESSAGE_BYTES, right, null);
    }

    private static Sasl sasl(Map<String, String> given) {
        return switch (given.getOrDefault(SASL, "plain")) {
            case "plain" -> Sasl.PLAIN;
            case "external" -> Sasl.EXTERNAL;
            default -> throw wrong(given, SASL, "plain or external", null);
        };
    }

    private static QueueException wrong(
            Map<String, String> given, String name, String right, @Nullable Throwable cause) {
        return invalid(name + " must be " + right + ", is '" + given.get(name) + "'", cause);
    }

    private static QueueException invalid(String message, @Nullable Throwable cause) {
        return new QueueException(ErrorCode.INVALID_ARGUMENT, message, cause);
    }
}
