package io.anyqueue.kafka.internal;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Endpoint;
import java.nio.charset.StandardCharsets;

/** Which names can be used on the broker (rules ERR-1, CAP-1). Stateless. */
final class Names {
    /** The topic of what waits for its time ends like this. */
    static final String DELAYED = "--delayed";

    /** The topic that says that another one is ordered ends like this; it is empty. */
    static final String ORDERED = "--ordered";

    /** The longest name, in bytes: topics have at most 249, and some are longer than the name they are made of. */
    static final int LONGEST = 249 - 9;

    private Names() {}

    /** @throws QueueException INVALID_ARGUMENT, TOO_LARGE */
    static void check(Endpoint endpoint) {
        String name = endpoint.physicalName();
        if (name.isEmpty()) {
            throw invalid(endpoint, "it is empty");
        }
        if (name.equals(".") || name.equals("..") || name.startsWith("__")) {
            throw invalid(endpoint, "'.', '..' and what begins with '__' are the broker's");
        }
        if (name.endsWith(DELAYED) || name.endsWith(ORDERED)) {
            throw invalid(endpoint, "names that end with '" + DELAYED + "' or '" + ORDERED + "' are reserved");
        }
        name.codePoints().filter(c -> !isPermitted(c)).findFirst().ifPresent(c -> {
            throw invalid(endpoint, "U+%04X is not an ASCII letter, a digit or one of - _ .".formatted(c));
        });
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > LONGEST) {
            throw new QueueException(
                    ErrorCode.TOO_LARGE,
                    "the name of " + endpoint.name() + " has " + bytes + " bytes on Kafka, the limit is " + LONGEST
                            + ": choose a shorter one");
        }
    }

    private static boolean isPermitted(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || "-_.".indexOf(c) >= 0;
    }

    private static QueueException invalid(Endpoint endpoint, String why) {
        return new QueueException(
                ErrorCode.INVALID_ARGUMENT,
                "'" + endpoint.name() + "' cannot be named '" + endpoint.physicalName() + "' on Kafka: " + why);
    }
}
