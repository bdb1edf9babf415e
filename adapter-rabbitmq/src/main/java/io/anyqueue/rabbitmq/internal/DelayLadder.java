package io.anyqueue.rabbitmq.internal;

import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/**
 * Delays of any length by what every server has (rules DLY-1, DLY-2). Each level is a queue in which messages wait for a fixed
 * time, a power of two of a unit, and an exchange in front of it. A delay in units is a number; from its highest bit downwards a
 * message waits in the level of each bit that is set and passes by the others, by a routing key that spells the bits and ends
 * with the address. As all in a queue wait equally long, nothing waits behind something that waits longer. Moving on is the
 * server's work: at least once, and it survives restarts.
 *
 * <p>Stateless; what declares blocks.
 */
final class DelayLadder {
    /** Delays are rounded up to this. */
    static final long UNIT_MILLIS = 100;

    static final int LEVELS = 30;

    /** The longest delay: 3.4 years. */
    static final Duration LONGEST = Duration.ofMillis(((1L << LEVELS) - 1) * UNIT_MILLIS);

    /** Where messages arrive that are due; every destination is bound to it. */
    static final String DUE = Names.OWN + "delayed";

    /** Takes what no destination wants: without it the server would hold up everything behind. */
    static final String UNDELIVERABLE = Names.OWN + "undeliverable";

    /** Declared last, so where it is there is everything; but after all nodes were down the {@linkplain #GATE gate} is not. */
    static final String COMPLETE = Names.OWN + "delay";

    /**
     * Between the last level and {@link #DUE}. It does not outlive the server, so that a server that starts lets nothing pass: it has
     * messages move on as soon as it has their queue, and restores bindings one by one, so some destinations would miss what is due. What
     * finds the gate closed stays in its level and is tried again later, by default after three minutes.
     */
    static final String GATE = COMPLETE + ".gate";

    /** Goes with the gate, and is declared last of it: where it is, the gate is open and not just about to be. */
    static final String OPEN = COMPLETE + ".open";

    private static final String ANY_BITS = "*.".repeat(LEVELS);
    private static final int MOST_UNDELIVERABLE = 100_000;
    private static final long MOST_UNDELIVERABLE_BYTES = 1L << 30;

    private DelayLadder() {}

    /**
     * Spells the way of a message that is to arrive later.
     *
     * @param millis the delay, more than 0 and no more than the longest
     * @param address where it goes then
     * @throws QueueException UNSUPPORTED for a longer delay
     */
    static Route route(long millis, String address) {
        long units = (millis - 1) / UNIT_MILLIS + 1;
        if (units >>> LEVELS != 0) {
            throw new QueueException(
                    ErrorCode.UNSUPPORTED,
                    "a delay of " + Duration.ofMillis(millis) + " is longer than the longest on RabbitMQ, " + LONGEST);
        }
        StringBuilder key = new StringBuilder(2 * LEVELS + address.length());
        for (int level = LEVELS - 1; level >= 0; level--) {
            key.append((units >>> level & 1) == 0 ? "0." : "1.");
        }
        return new Route(
                level(63 - Long.numberOfLeadingZeros(units)),
                key.append(address).toString());
    }

    /** {@return the key by which what is bound to {@link #DUE} gets the messages for the address} */
    static String due(String address) {
        return ANY_BITS + address;
    }

    /** Declares where messages arrive, and where they go if nobody wants them. */
    static void declareEnd(Channel channel, ServerVersion version) throws IOException {
        channel.exchangeDeclare(UNDELIVERABLE, BuiltinExchangeType.FANOUT, true);
        Map<String, Object> arguments = QueueArguments.quorum(version);
        arguments.put("x-max-length", MOST_UNDELIVERABLE);
        arguments.put("x-max-length-bytes", MOST_UNDELIVERABLE_BYTES);
        channel.queueDeclare(UNDELIVERABLE, true, false, false, arguments);
        channel.queueBind(UNDELIVERABLE, UNDELIVERABLE, "");
        channel.exchangeDeclare(
                DUE, BuiltinExchangeType.TOPIC, true, false, Map.of("alternate-exchange", UNDELIVERABLE));
    }

    /** Declares all levels, from the lowest, as each leads to the one below, and opens the gate to which the lowest leads. */
    static void declareLevels(Channel channel, ServerVersion version) throws IOException {
        String below = GATE;
        for (int level = 0; level < LEVELS; level++) {
            String name = level(level);
            Map<String, Object> arguments = QueueArguments.quorum(version);
            arguments.put("x-message-ttl", UNIT_MILLIS << level);
            QueueArguments.deadLetters(arguments, below);
            channel.queueDeclare(name, true, false, false, arguments);
            channel.exchangeDeclare(name, BuiltinExchangeType.TOPIC, true);
            String higherBits = "*.".repeat(LEVELS - 1 - level);
            channel.queueBind(name, name, higherBits + "1.#");
            if (level > 0) {
                channel.exchangeBind(below, name, higherBits + "0.#");
            }
            below = name;
        }
        openGate(channel);
        channel.exchangeDeclare(COMPLETE, BuiltinExchangeType.FANOUT, true);
    }

    /** Lets what is due arrive. All levels must be there. Several may do that at the same time, or one go on where another ended. */
    static void openGate(Channel channel) throws IOException {
        channel.exchangeDeclare(GATE, BuiltinExchangeType.FANOUT, false);
        channel.exchangeBind(DUE, GATE, "");
        channel.exchangeBind(GATE, level(0), "*.".repeat(LEVELS - 1) + "0.#");
        channel.exchangeDeclare(OPEN, BuiltinExchangeType.FANOUT, false);
    }

    /** {@return whether a message with this key goes to the address in the end} */
    static boolean leadsTo(String routingKey, String address) {
        return routingKey.length() == 2 * LEVELS + address.length() && routingKey.endsWith(address);
    }

    /** {@return the name of a level's queue and exchange} */
    static String level(int level) {
        return COMPLETE + (level < 10 ? ".0" : ".") + level;
    }
}
