package io.anyqueue.core.config;

import io.anyqueue.RetryPolicy;
import java.time.Duration;
import java.util.Arrays;

/**
 * A retry policy as it is written in settings: {@code standard} (of an ordered source its own), {@code none}, a list of delays such as
 * {@code 5s,30s,2m}, or {@code blocking:200ms,2s} for one that holds the key.
 */
final class RetryText {
    private static final String BLOCKING = "blocking:";

    private RetryText() {}

    static RetryPolicy parse(String key, String text, boolean ordered) {
        String value = text.strip();
        return switch (value) {
            case "standard" -> ordered ? RetryPolicy.standardOrdered() : RetryPolicy.standard();
            case "none" -> RetryPolicy.none();
            default ->
                value.startsWith(BLOCKING)
                        ? RetryPolicy.blocking(delays(key, value.substring(BLOCKING.length())))
                        : RetryPolicy.delays(delays(key, value));
        };
    }

    private static Duration[] delays(String key, String list) {
        return Arrays.stream(list.split(","))
                .map(delay -> Durations.parse(key, delay))
                .toArray(Duration[]::new);
    }
}
