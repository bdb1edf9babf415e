package io.anyqueue;

import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** What a user's header may be: the same on every broker, so that no broker can refuse it later. */
final class HeaderRules {
    static final int MAX_NAME_BYTES = 128;
    static final int MAX_TOTAL_BYTES = 32 * 1024;

    /** Prefixes that Anyqueue or a broker uses itself. */
    private static final List<String> RESERVED_PREFIXES = List.of("q-", "aws.", "amazon.", "amq.");

    private static final List<String> RESERVED = List.of("content-type", "x-death", "x-delivery-count");

    private HeaderRules() {}

    /** {@return the bytes that a legal header takes} */
    static int check(String name, String value) {
        Arguments.notBlank(name, "header name");
        Arguments.notNull(value, "value of header '" + name + "'");
        int nameBytes = utf8Length(name, "header name");
        if (nameBytes > MAX_NAME_BYTES) {
            throw Arguments.invalid("header name has " + nameBytes + " bytes, the limit is " + MAX_NAME_BYTES);
        }
        refuseControl(name, "header name");
        refuseControl(value, "value of header '" + name + "'");
        refuseReserved(name);
        return nameBytes + utf8Length(value, "value of header '" + name + "'");
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
        if (RESERVED.contains(lower) || RESERVED_PREFIXES.stream().anyMatch(lower::startsWith)) {
            throw Arguments.invalid("header name '" + name + "' is reserved for Anyqueue and the brokers");
        }
    }

    private static void refuseControl(String text, String what) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                throw Arguments.invalid(what + " has the control character U+"
                        + String.format("%04X", (int) text.charAt(i)) + " at index " + i);
            }
        }
    }

    /** Fails on unpaired surrogates, which no broker could give back as they were. */
    private static int utf8Length(String text, String what) {
        try {
            return StandardCharsets.UTF_8
                    .newEncoder()
                    .encode(CharBuffer.wrap(text))
                    .remaining();
        } catch (CharacterCodingException e) {
            throw new QueueException(ErrorCode.INVALID_ARGUMENT, what + " is not valid Unicode", e);
        }
    }
}
