package io.anyqueue.core.failure;

import io.anyqueue.DeadLetter;
import io.anyqueue.History;
import io.anyqueue.Message;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.Endpoint.SubscriptionEndpoint;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a dead letter is stored: the message as it was, and its provenance in headers beside it, all bounded (rule DLQ-1).
 */
public final class DeadLetterFormat {
    static final String PREFIX = "q-dlq-";
    private static final String REASON = PREFIX + "reason";
    private static final String REDRIVES = PREFIX + "redrives";
    /** Marks the first message of a parked key on its way back. */
    private static final String HEAD = PREFIX + "head";

    private static final int MAX_ERROR = 1024;
    private static final int MAX_CLASS = 256;

    private DeadLetterFormat() {}

    /**
     * Writes a dead letter.
     *
     * @param delivery what is given up
     * @param attempts how often it failed
     * @param firstFailedAtMillis when it failed first; 0 if it did not
     * @param outcome why
     * @param nowMillis the time
     */
    public static Message write(
            Delivery delivery, int attempts, long firstFailedAtMillis, Outcome.DeadLetter outcome, long nowMillis) {
        Message message = delivery.message();
        Throwable failure = outcome.failure();
        Endpoint source = delivery.source();
        Map<String, String> headers = new LinkedHashMap<>(message.headers());
        headers.remove(HEAD);
        headers.put(REASON, outcome.reason().name());
        headers.put(PREFIX + "at", Long.toString(nowMillis));
        headers.put(
                PREFIX + "first-failed-at", Long.toString(firstFailedAtMillis == 0 ? nowMillis : firstFailedAtMillis));
        headers.put(
                PREFIX + "from",
                source instanceof SubscriptionEndpoint s ? s.topic().name() : source.name());
        headers.put(PREFIX + "subscription", source instanceof SubscriptionEndpoint s ? s.subscription() : "");
        headers.put(PREFIX + "attempts", Integer.toString(attempts));
        headers.put(PREFIX + "deliveries", Integer.toString(delivery.deliveries()));
        headers.put(
                PREFIX + "error", failure == null ? "" : cut(failure.getClass().getName(), MAX_CLASS));
        headers.put(PREFIX + "message", errorText(failure));
        headers.put(PREFIX + "fingerprint", Fingerprint.of(outcome.reason(), failure));
        headers.putIfAbsent(REDRIVES, "0");
        headers.put(PREFIX + "expires-at", Long.toString(message.expiresAtMillis()));
        headers.put(PREFIX + "deliver-at", Long.toString(message.deliverAtMillis()));
        return message.toBuilder()
                .headers(headers)
                .deliverAtMillis(0)
                .expiresAtMillis(0)
                .history(new History(0, delivery.deliveries(), 0))
                .build();
    }

    /** {@return the text of a failure, bounded and printable; empty if there is none} */
    public static String errorText(@Nullable Throwable failure) {
        return failure == null ? "" : cut(printable(failure.getMessage()), MAX_ERROR);
    }

    /**
     * The message that goes back to where it failed: its attempts begin anew, its deliveries go on (rule RCV-5). How often it
     * was redriven goes with it, for the next dead letter; all other provenance was that of this one.
     */
    public static Message redriven(DeadLetter letter) {
        Map<String, String> headers = new LinkedHashMap<>(letter.original().headers());
        headers.put(REDRIVES, Integer.toString(letter.redrives() + 1));
        return letter.original().toBuilder()
                .headers(headers)
                .history(new History(0, Math.max(1, letter.deliveries()), 0))
                .build();
    }

    /** The message that goes back as the first of its parked key: it is the one to run. */
    public static Message asHead(Message redriven) {
        Map<String, String> headers = new LinkedHashMap<>(redriven.headers());
        headers.put(HEAD, "1");
        return redriven.toBuilder().headers(headers).build();
    }

    /** The message that has waited behind others of its parked key and goes back now; that is no redrive of its own. */
    public static Message released(DeadLetter letter) {
        Map<String, String> headers = new LinkedHashMap<>(letter.original().headers());
        headers.put(REDRIVES, Integer.toString(letter.redrives()));
        return asHead(letter.original().toBuilder()
                .headers(headers)
                .history(new History(0, Math.max(1, letter.deliveries()), 0))
                .build());
    }

    /** {@return whether it was sent back as the first of its parked key} */
    public static boolean isHead(Message message) {
        return message.headers().containsKey(HEAD) && !message.headers().containsKey(REASON);
    }

    /** {@return the message as a handler sees it: without what a redrive carries along} */
    public static Message withoutRedrives(Message message) {
        Map<String, String> headers = message.headers();
        boolean carried = headers.containsKey(REDRIVES) && !headers.containsKey(REASON);
        if (!carried) {
            return message;
        }
        Map<String, String> visible = new LinkedHashMap<>(headers);
        visible.remove(REDRIVES);
        visible.remove(HEAD);
        return message.toBuilder().headers(visible).build();
    }

    /** Reads a dead letter; what is missing or broken is empty or 0. */
    public static DeadLetter read(Message stored) {
        Map<String, String> original = new LinkedHashMap<>();
        stored.headers().forEach((name, value) -> {
            if (!name.startsWith(PREFIX)) {
                original.put(name, value);
            }
        });
        Map<String, String> from = stored.headers();
        return new Letter(
                stored.toBuilder()
                        .headers(original)
                        .expiresAtMillis(number(from, "expires-at"))
                        .deliverAtMillis(number(from, "deliver-at"))
                        .build(),
                text(from, "reason"),
                text(from, "message"),
                text(from, "error"),
                text(from, "fingerprint"),
                text(from, "from"),
                text(from, "subscription"),
                Instant.ofEpochMilli(number(from, "at")),
                Instant.ofEpochMilli(number(from, "first-failed-at")),
                (int) number(from, "attempts"),
                (int) number(from, "deliveries"),
                (int) number(from, "redrives"));
    }

    private record Letter(
            Message original,
            String reason,
            String error,
            String errorClass,
            String fingerprint,
            String source,
            String subscription,
            Instant at,
            Instant firstFailedAt,
            int attempts,
            int deliveries,
            int redrives)
            implements DeadLetter {
        @Override
        public String id() {
            return original.id();
        }
    }

    private static String text(Map<String, String> headers, String name) {
        return headers.getOrDefault(PREFIX + name, "");
    }

    private static long number(Map<String, String> headers, String name) {
        try {
            return Math.max(0, Long.parseLong(text(headers, name)));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** Header values have no control characters on any broker. */
    private static String printable(@Nullable String text) {
        return text == null ? "" : cut(text, 4 * MAX_ERROR).replaceAll("[\\p{Cc}\\p{Cs}]+", " ");
    }

    /** Bounded in UTF-8 bytes, and never through the middle of a character. */
    private static String cut(String text, int maxBytes) {
        int bytes = 0;
        int end = 0;
        while (end < text.length()) {
            int codePoint = text.codePointAt(end);
            bytes += codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
            if (bytes > maxBytes) {
                break;
            }
            end += Character.charCount(codePoint);
        }
        return text.substring(0, end);
    }
}
