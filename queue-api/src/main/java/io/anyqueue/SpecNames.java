package io.anyqueue;

import java.util.Set;
import java.util.regex.Pattern;

/** The rule for logical names of queues, topics and subscriptions. */
final class SpecNames {
    private static final Pattern LEGAL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,62}");
    private static final Pattern SHARD = Pattern.compile("s[0-9]+");
    private static final Set<String> DERIVED = Set.of("dlq", "retry", "delay", "replies");

    private SpecNames() {}

    static String destination(String name, String what) {
        Arguments.notBlank(name, what);
        if (!LEGAL.matcher(name).matches() || name.contains("--") || name.endsWith("-")) {
            throw Arguments.invalid(
                    what + " '" + printable(name) + "' is not legal: 1 to 63 of A-Z a-z 0-9 _ -, beginning"
                            + " with a letter or digit, no '--', no '-' at the end; use physicalName for the broker's own name");
        }
        return name;
    }

    static String subscription(String name) {
        destination(name, "subscription name");
        if (DERIVED.contains(name) || SHARD.matcher(name).matches()) {
            throw Arguments.invalid("subscription name '" + name + "' is reserved: dlq, retry, delay, replies and s<n>"
                    + " name objects derived from a queue");
        }
        return name;
    }

    /** Control characters of a hostile name must not reach a log. */
    private static String printable(String name) {
        String cut = name.length() > 100 ? name.substring(0, 100) + "…" : name;
        return cut.replaceAll("[\\p{C}\\p{Zl}\\p{Zp}]", "?");
    }
}
