package io.anyqueue.core.config;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Which settings there are; an unknown one is refused and the nearest known one named. */
final class SettingKeys {
    static final String PREFIX = "anyqueue.";
    static final String NATIVE = "anyqueue.native.";
    static final Set<String> CONSUMER =
            Set.of("enabled", "concurrency", "timeout", "retry", "rate", "breaker", "expired", "lease-max");
    private static final List<String> FIXED = List.of(
            "anyqueue.url",
            "anyqueue.username",
            "anyqueue.password",
            "anyqueue.tls.ca",
            "anyqueue.tls.cert",
            "anyqueue.tls.key",
            "anyqueue.tls.verify",
            "anyqueue.topology",
            "anyqueue.name-prefix",
            "anyqueue.start",
            "anyqueue.send.when-full",
            "anyqueue.send.wait",
            "anyqueue.send.messages",
            "anyqueue.send.bytes");

    private SettingKeys() {}

    static void check(String key, String origin) {
        if (!known(key)) {
            throw new QueueException(
                    ErrorCode.INVALID_ARGUMENT,
                    "unknown setting " + key + " (from " + origin + "); the nearest known one is " + nearest(key));
        }
    }

    private static boolean known(String key) {
        if (FIXED.contains(key) || (key.startsWith(NATIVE) && key.length() > NATIVE.length())) {
            return true;
        }
        String[] parts = key.split("\\.", 4);
        if (parts.length < 4 || parts[2].isEmpty() || parts[3].isEmpty()) {
            return false;
        }
        return switch (parts[1]) {
            case "queue", "topic" -> parts[3].equals("name") || parts[3].startsWith("native.");
            case "consumer" -> CONSUMER.contains(parts[3]);
            default -> false;
        };
    }

    private static String nearest(String key) {
        String[] parts = key.split("\\.", 4);
        String name = parts.length > 2 && !parts[2].isEmpty() ? parts[2] : "<name>";
        Stream<String> named = Stream.concat(
                Stream.of("anyqueue.queue." + name + ".name", "anyqueue.topic." + name + ".name"),
                CONSUMER.stream().sorted().map(setting -> "anyqueue.consumer." + name + "." + setting));
        return Stream.concat(FIXED.stream(), named)
                .min(java.util.Comparator.comparingInt(candidate -> distance(key, candidate)))
                .orElseThrow();
    }

    /** Levenshtein distance: the fewest single-character changes from one text to the other. */
    private static int distance(String from, String to) {
        int[] previous = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int[] current = new int[to.length() + 1];
            current[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int change = previous[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(change, Math.min(previous[j], current[j - 1]) + 1);
            }
            previous = current;
        }
        return previous[to.length()];
    }
}
