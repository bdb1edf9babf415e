package io.anyqueue.rabbitmq.internal;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Endpoint.QueueEndpoint;
import io.anyqueue.spi.Endpoint.TopicEndpoint;
import io.anyqueue.spi.Spec;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The arguments that queues are declared with. The server tells nobody what they are, but refuses another declaration with
 * others: so what processes must agree on is spelled in one of them, the routing key of messages that the server itself gives
 * up. Those go where somebody can look at them, which is also a net below limits that an operator sets. Stateless.
 */
final class QueueArguments {
    private static final Set<String> NUMBERS =
            Set.of("x-quorum-initial-group-size", "x-max-length", "x-max-length-bytes");
    private static final String LOCATOR = "x-queue-leader-locator";
    private static final Set<String> LOCATORS = Set.of("client-local", "balanced");

    static final String DELIVERY_LIMIT = "x-delivery-limit";

    private QueueArguments() {}

    /** {@return what every queue has, to be added to} */
    static Map<String, Object> quorum(ServerVersion version) {
        Map<String, Object> arguments = new HashMap<>();
        arguments.put("x-queue-type", "quorum");
        if (version.isAtLeast(4, 0)) {
            arguments.put(DELIVERY_LIMIT, -1);
        }
        return arguments;
    }

    /** Lets the server lose nothing of what it dead-letters. */
    static void deadLetters(Map<String, Object> arguments, String exchange) {
        arguments.put("x-dead-letter-exchange", exchange);
        arguments.put("x-dead-letter-strategy", "at-least-once");
        arguments.put("x-overflow", "reject-publish");
    }

    /** {@return the arguments of a queue or subscription} */
    static Map<String, Object> of(Spec spec, ServerVersion version) {
        Map<String, Object> arguments = quorum(version);
        deadLetters(arguments, DelayLadder.UNDELIVERABLE);
        arguments.put("x-dead-letter-routing-key", definition(spec));
        if (spec.ordered()) {
            arguments.put("x-single-active-consumer", true);
        }
        spec.nativeArguments()
                .forEach((name, value) -> arguments.put(name, LOCATOR.equals(name) ? value : number(name, value)));
        return arguments;
    }

    /** {@return what processes must agree on, such as {@code queue,shards=16}; short, as the server cuts its answers} */
    static String definition(Spec spec) {
        String kind = spec.endpoint() instanceof QueueEndpoint
                ? "queue"
                : spec.endpoint() instanceof TopicEndpoint ? "topic" : "subscription";
        return kind + (spec.ordered() ? ",shards=" + spec.shards() : "");
    }

    /** @throws QueueException INVALID_ARGUMENT for an argument that is not known, as the server ignores those */
    static void check(Spec spec) {
        spec.nativeArguments().forEach((name, value) -> check(spec, name, value));
    }

    private static void check(Spec spec, String name, String value) {
        if (LOCATOR.equals(name)) {
            if (!LOCATORS.contains(value)) {
                throw invalid(spec, name + " is '" + value + "', and can be one of " + LOCATORS);
            }
        } else if (!NUMBERS.contains(name)) {
            throw invalid(
                    spec, "the native argument '" + name + "' is not known; there are " + LOCATOR + " and " + NUMBERS);
        } else if (number(name, value) < 1) {
            throw invalid(spec, name + " is '" + value + "', and must be 1 or more");
        } else if (name.startsWith("x-max-length") && spec.delays()) {
            throw invalid(
                    spec,
                    name + " cannot be had where messages are delayed: while the queue is full the server would hold up"
                            + " the delayed messages of all queues");
        }
    }

    private static long number(String name, String value) {
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw new QueueException(ErrorCode.INVALID_ARGUMENT, name + " is '" + value + "', not a number", e);
        }
    }

    private static QueueException invalid(Spec spec, String why) {
        return new QueueException(ErrorCode.INVALID_ARGUMENT, spec.endpoint().name() + " on RabbitMQ: " + why);
    }
}
