package io.anyqueue.rabbitmq.internal;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Endpoint;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** Which names can be used on the server (rules ERR-1, CAP-1). Stateless. */
final class Names {
    /** What begins like this is the library's own. */
    static final String OWN = "anyqueue.";

    /**
     * The longest name, in bytes of UTF-8: names of RabbitMQ have at most 255, and a routing key through the delay ladder, a
     * shard's name and a definition are each longer than the name they are made of.
     */
    static final int LONGEST = 190;

    private static final String SERVERS = "amq.";
    private static final Pattern SHARD = Pattern.compile(".*--(\\d+\\.)?of\\.\\d+", Pattern.DOTALL);

    private Names() {}

    /** @throws QueueException INVALID_ARGUMENT, TOO_LARGE */
    static void check(Endpoint endpoint) {
        String name = endpoint.physicalName();
        if (name.isEmpty()) {
            throw invalid(endpoint, "it is empty");
        }
        if (name.startsWith(OWN) || name.startsWith(SERVERS)) {
            throw invalid(endpoint, "names that begin with '" + OWN + "' or '" + SERVERS + "' are reserved");
        }
        if (SHARD.matcher(name).matches()) {
            throw invalid(endpoint, "names that end like those of shards, such as --3.of.16, are reserved");
        }
        name.codePoints().filter(c -> !isPermitted(c)).findFirst().ifPresent(c -> {
            throw invalid(endpoint, "U+%04X is not a letter, a digit or one of - _ . : / @ + ~".formatted(c));
        });
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > LONGEST) {
            throw new QueueException(
                    ErrorCode.TOO_LARGE,
                    "the name of " + endpoint.name() + " has " + bytes + " bytes on RabbitMQ, the limit is " + LONGEST
                            + ": choose a shorter one");
        }
    }

    /** No {@code *} and {@code #}, which are wildcards in bindings, and nothing that a console cannot show. */
    private static boolean isPermitted(int c) {
        return Character.isLetterOrDigit(c) || "-_.:/@+~".indexOf(c) >= 0;
    }

    private static QueueException invalid(Endpoint endpoint, String why) {
        return new QueueException(
                ErrorCode.INVALID_ARGUMENT,
                "'" + endpoint.name() + "' cannot be named '" + endpoint.physicalName() + "' on RabbitMQ: " + why);
    }
}
