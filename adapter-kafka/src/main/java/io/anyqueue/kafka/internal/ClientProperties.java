package io.anyqueue.kafka.internal;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * Properties of the client library as the user gave them: for all its clients, or for one by a prefix. Each is known to the library,
 * and none weakens a promise (hazards of acks, idempotence, automatic commits and resets). Immutable.
 *
 * @param all by name, prefixes included
 */
record ClientProperties(Map<String, String> all) {
    static final String PRODUCER = "producer.";
    static final String CONSUMER = "consumer.";
    static final String ADMIN = "admin.";

    /** Why the adapter decides these itself. */
    private static final Map<String, String> OURS = Map.ofEntries(
            Map.entry(
                    "enable.auto.commit",
                    "what was not handled would count as handled; the adapter commits what is settled"),
            Map.entry("auto.commit.interval.ms", "the adapter commits what is settled"),
            Map.entry(
                    "auto.offset.reset", "messages would be skipped in silence; the adapter begins where it left off"),
            Map.entry("isolation.level", "what a transaction took back would be handled"),
            Map.entry("transaction.two.phase.commit.enable", "nobody would end a transaction of a dead process"),
            Map.entry("key.serializer", "the adapter sends bytes; use a codec of the client"),
            Map.entry("value.serializer", "the adapter sends bytes; use a codec of the client"),
            Map.entry("key.deserializer", "one message that cannot be read would stop all; use a codec of the client"),
            Map.entry(
                    "value.deserializer", "one message that cannot be read would stop all; use a codec of the client"),
            Map.entry("group.id", "it is the name of the queue or subscription"),
            Map.entry("group.instance.id", "several receivers of a client would be one member"),
            Map.entry("transactional.id", "sends outside transactions would not be possible"),
            Map.entry("client.id", "several clients of the library are told apart by it"),
            Map.entry("bootstrap.servers", "the servers are in the URL: kafka://host:port,host:port"),
            Map.entry("delivery.timeout.ms", "use confirm-timeout"),
            Map.entry("max.block.ms", "sends are limited by the client's own budget"),
            Map.entry("session.timeout.ms", "use session-timeout"),
            Map.entry("retries", "a send is tried until confirm-timeout"),
            Map.entry("allow.auto.create.topics", "a mistyped name would create a topic; declare it"),
            Map.entry("sasl.jaas.config", "it holds secrets; use anyqueue.username and anyqueue.password"),
            Map.entry("sasl.client.callback.handler.class", "use anyqueue.username and anyqueue.password"),
            Map.entry("partitioner.class", "the order of keys depends on it"),
            Map.entry("partitioner.ignore.keys", "the order of keys would be lost"),
            Map.entry("ssl.engine.factory.class", "use anyqueue.tls, or give an SSLContext"));

    ClientProperties {
        all = Map.copyOf(all);
    }

    /** @throws QueueException INVALID_ARGUMENT for what nobody knows, UNSUPPORTED for what would weaken a promise */
    static ClientProperties of(Map<String, String> given) {
        given.forEach(ClientProperties::check);
        return new ClientProperties(given);
    }

    private static void check(String name, String value) {
        String plain = plain(name);
        String ours = OURS.get(plain);
        if (ours != null) {
            throw unsupported(name, "is the adapter's: " + ours);
        }
        Set<String> known = name.startsWith(PRODUCER)
                ? ProducerConfig.configNames()
                : name.startsWith(CONSUMER)
                        ? ConsumerConfig.configNames()
                        : name.startsWith(ADMIN) ? AdminClientConfig.configNames() : null;
        boolean isKnown = known != null
                ? known.contains(plain)
                : ProducerConfig.configNames().contains(plain)
                        || ConsumerConfig.configNames().contains(plain)
                        || AdminClientConfig.configNames().contains(plain);
        if (!isKnown) {
            throw new QueueException(
                    ErrorCode.INVALID_ARGUMENT,
                    "neither Kafka's client nor the adapter has a setting '" + name + "'; the adapter has "
                            + String.join(", ", Settings.NAMES));
        }
        checkValue(name, plain, value.trim());
    }

    private static void checkValue(String name, String plain, String value) {
        switch (plain) {
            case "acks" -> {
                if (!value.equals("all") && !value.equals("-1")) {
                    throw unsupported(name, "must be 'all': a confirmed message would be lost with one broker");
                }
            }
            case "enable.idempotence" -> {
                if (!value.equalsIgnoreCase("true")) {
                    throw unsupported(name, "must be 'true': messages would be doubled and change their order");
                }
            }
            case "max.in.flight.requests.per.connection" -> {
                if (!value.matches("[1-5]")) {
                    throw unsupported(name, "must be 1 to 5: more would change the order of messages");
                }
            }
            case "group.protocol" -> {
                if (!value.equalsIgnoreCase("classic") && !value.equalsIgnoreCase("consumer")) {
                    throw new QueueException(
                            ErrorCode.INVALID_ARGUMENT,
                            "group.protocol is 'classic' or 'consumer', not '" + value + "'");
                }
            }
            default -> {
                // The client library checks all others itself.
            }
        }
    }

    private static String plain(String name) {
        for (String prefix : Set.of(PRODUCER, CONSUMER, ADMIN)) {
            if (name.startsWith(prefix)) {
                return name.substring(prefix.length());
            }
        }
        return name;
    }

    private static QueueException unsupported(String name, String why) {
        return new QueueException(ErrorCode.UNSUPPORTED, "'" + name + "' on Kafka " + why);
    }

    /** {@return those for one kind of client, which knows the names: with its prefix, which wins, and without any} */
    Map<String, String> of(String prefix, Set<String> known) {
        Map<String, String> some = new LinkedHashMap<>();
        all.forEach((name, value) -> {
            if (known.contains(name)) {
                some.put(name, value);
            }
        });
        all.forEach((name, value) -> {
            if (name.startsWith(prefix)) {
                some.put(name.substring(prefix.length()), value);
            }
        });
        return some;
    }

    /** {@return whether the brokers decide who owns what (KIP-848)} */
    boolean isConsumerProtocol() {
        return all.getOrDefault(CONSUMER + "group.protocol", all.getOrDefault("group.protocol", "classic"))
                .trim()
                .equalsIgnoreCase("consumer");
    }

    /** Values may be secrets: only names are shown. */
    @Override
    public String toString() {
        return all.keySet().toString();
    }
}
