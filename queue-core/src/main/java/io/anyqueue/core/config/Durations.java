package io.anyqueue.core.config;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as they are written in settings: {@code 200ms}, {@code 30s}, {@code 2m}, {@code 6h}, {@code 3d} or ISO-8601. */
final class Durations {
    private static final Pattern SHORT = Pattern.compile("([0-9]{1,12}) ?(ms|s|m|h|d)");

    private Durations() {}

    static Duration parse(String key, String text) {
        Matcher matcher = SHORT.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (matcher.matches()) {
            long amount = Long.parseLong(matcher.group(1));
            return switch (matcher.group(2)) {
                case "ms" -> Duration.ofMillis(amount);
                case "s" -> Duration.ofSeconds(amount);
                case "m" -> Duration.ofMinutes(amount);
                case "h" -> Duration.ofHours(amount);
                default -> Duration.ofDays(amount);
            };
        }
        try {
            Duration iso = Duration.parse(text.strip());
            if (!iso.isNegative()) {
                return iso;
            }
        } catch (DateTimeParseException e) {
            throw new QueueException(
                    ErrorCode.INVALID_ARGUMENT,
                    key + "=" + text + " is no duration; write 200ms, 30s, 2m, 6h or 3d",
                    e);
        }
        throw new QueueException(ErrorCode.INVALID_ARGUMENT, key + "=" + text + " is negative");
    }
}
