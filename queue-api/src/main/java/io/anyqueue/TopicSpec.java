package io.anyqueue;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Describes a topic: each message goes to every subscription, and there to one consumer (rules RCV-1, RCV-2).
 *
 * <p>Immutable; safe for use by any thread.
 *
 * @param <T> the type of the payloads: a class, or a sealed type whose leaves are told apart by their logical names
 */
public final class TopicSpec<T> implements Address<T> {
    private final String name;
    private final Class<T> type;
    private final PayloadTypes types;
    private final @Nullable Function<? super T, String> key;
    private final @Nullable Duration retained;
    private final @Nullable String physicalName;

    private TopicSpec(
            String name,
            Class<T> type,
            PayloadTypes types,
            @Nullable Function<? super T, String> key,
            @Nullable Duration retained,
            @Nullable String physicalName) {
        this.name = name;
        this.type = type;
        this.types = types;
        this.key = key;
        this.retained = retained;
        this.physicalName = physicalName;
    }

    /**
     * Describes an unordered topic.
     *
     * @param name the logical name: 1 to 63 letters, digits, {@code _} and {@code -}, no {@code --}
     * @param type the class of the payloads; a sealed type stands for all its leaves
     * @param <T> the type of the payloads
     * @return the spec
     * @throws QueueException INVALID_ARGUMENT if the name is not legal or two payload classes have one logical name
     */
    public static <T> TopicSpec<T> of(String name, Class<T> type) {
        SpecNames.destination(name, "topic name");
        return new TopicSpec<>(name, type, PayloadTypes.of(type), null, null, null);
    }

    /**
     * Checks the name of a subscription.
     *
     * @param name the logical name, by the rule of {@link #of}; {@code dlq}, {@code retry}, {@code delay}, {@code replies}
     *     and {@code s<n>} are reserved
     * @return the name
     * @throws QueueException INVALID_ARGUMENT if it is not legal
     */
    public static String subscriptionName(String name) {
        return SpecNames.subscription(name);
    }

    /**
     * Orders every subscription of the topic by a key taken from the payload (rule ORD-1).
     *
     * @param key gives the key; a null or empty key is refused when the message is sent (rule ORD-3)
     * @return a new spec
     */
    public TopicSpec<T> orderedBy(Function<? super T, String> key) {
        return new TopicSpec<>(name, type, types, Arguments.notNull(key, "key"), retained, physicalName);
    }

    /**
     * Asks that messages are kept for a time even when handled, so that a subscription can be replayed (rule RET-1).
     *
     * @param atLeast how long; more than zero
     * @return a new spec
     */
    public TopicSpec<T> retained(Duration atLeast) {
        return new TopicSpec<>(name, type, types, key, Arguments.positive(atLeast, "retained"), physicalName);
    }

    /**
     * Maps the topic to the name it has on the broker.
     *
     * @param physicalName the broker's own name, checked against the broker's rules when the topic is opened
     * @return a new spec
     */
    public TopicSpec<T> physicalName(String physicalName) {
        Arguments.notBlank(physicalName, "physicalName");
        return new TopicSpec<>(name, type, types, key, retained, physicalName);
    }

    /** {@return the logical name} */
    public String name() {
        return name;
    }

    /** {@return the class of the payloads} */
    public Class<T> type() {
        return type;
    }

    /** {@return the payload classes and their logical names} */
    public PayloadTypes types() {
        return types;
    }

    /** {@return the function that gives the key of an ordered topic; empty if the topic is not ordered} */
    public Optional<Function<? super T, String>> key() {
        return Optional.ofNullable(key);
    }

    /** {@return how long messages are kept at least, even when handled; empty if that was not asked for} */
    public Optional<Duration> retained() {
        return Optional.ofNullable(retained);
    }

    /** {@return the broker's own name, if it was given here} */
    public Optional<String> physicalName() {
        return Optional.ofNullable(physicalName);
    }

    @Override
    public String toString() {
        return "topic " + name;
    }
}
