package io.anyqueue;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a user's texts and headers may be: the same on every broker, so that no broker can refuse them later. */
final class HeaderRules {
    static final int MAX_NAME_BYTES = 128;
    static final int MAX_TOTAL_BYTES = 32 * 1024;

    /** Prefixes that Anyqueue or a broker uses itself. */
    private static final List<String> RESERVED_PREFIXES = List.of("q-", "aws.", "amazon.", "amq.");

    private static final List<String> RESERVED = List.of("content-type", "x-death", "x-delivery-count");

    private HeaderRules() {}

    /** {@return the bytes that a legal header takes} */
    static long check(String name, String value) {
        long nameBytes = utf8Length(Arguments.notBlank(name, "header name"), "header name", "");
        if (nameBytes > MAX_NAME_BYTES) {
            throw Arguments.invalid("header name has " + nameBytes + " bytes, the limit is " + MAX_NAME_BYTES);
        }
        refuseReserved(name);
        return nameBytes + utf8Length(value(name, value), "value of header", name);
    }

    private static String value(String name, @Nullable String value) {
        return value == null ? Arguments.notNull(value, "value of header '" + name + "'") : value;
    }

    /** {@return the text, if it is not blank and can travel as a header of ours} */
    static String text(String value, String what) {
        utf8Length(Arguments.notBlank(value, what), what, "");
        return value;
    }

    static void checkTotal(long bytes) {
        if (bytes > MAX_TOTAL_BYTES) {
            throw new QueueException(
                    ErrorCode.TOO_LARGE,
                    "headers have " + bytes + " bytes in all, the limit is " + MAX_TOTAL_BYTES
                            + "; put large values into the payload");
        }
    }

    private static void refuseReserved(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        boolean reserved = RESERVED.contains(lower);
        for (String prefix : RESERVED_PREFIXES) {
            reserved |= lower.startsWith(prefix);
        }
        if (reserved) {
            throw Arguments.invalid("header name '" + name + "' is reserved for Anyqueue and the brokers");
        }
    }

    /** Refuses what some broker could not give back as it was: control characters and unpaired surrogates. */
    private static long utf8Length(String text, String what, String which) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c > '~') {
                return i + utf8Length(text, i, which.isEmpty() ? what : what + " '" + which + "'");
            }
        }
        return text.length();
    }

    private static long utf8Length(String text, int from, String what) {
        long bytes = 0;
        for (int i = from; i < text.length(); ) {
            int c = text.codePointAt(i);
            if (Character.isISOControl(c)) {
                throw Arguments.invalid(
                        what + " has the control character U+" + String.format("%04X", c) + " at index " + i);
            }
            if (Character.getType(c) == Character.SURROGATE) {
                throw Arguments.invalid(what + " is not valid Unicode: unpaired surrogate at index " + i);
            }
            bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
            i += Character.charCount(c);
        }
        return bytes;
    }
}
