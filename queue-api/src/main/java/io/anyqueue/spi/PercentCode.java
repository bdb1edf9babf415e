package io.anyqueue.spi;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** The percent encoding of URLs, in UTF-8. Errors tell positions only, for the text may be a password. */
final class PercentCode {
    private PercentCode() {}

    /** {@return the decoded text between two indices of a URL} */
    static String decode(String url, int from, int to) {
        StringBuilder text = new StringBuilder(to - from);
        for (int i = from; i < to; ) {
            if (url.charAt(i) != '%') {
                text.append(url.charAt(i++));
                continue;
            }
            int end = i;
            while (end < to && url.charAt(end) == '%') {
                end += 3;
            }
            text.append(utf8(url, i, end, to));
            i = end;
        }
        return text.toString();
    }

    /** A character of several bytes is a run of escapes, so a run is decoded as a whole. */
    private static String utf8(String url, int from, int end, int limit) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = from; i < end; i += 3) {
            bytes.write(octet(url, i, limit));
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw at(from, "the percent-encoded bytes are not UTF-8");
        }
    }

    private static int octet(String url, int percent, int limit) {
        int high = percent + 2 < limit ? hex(url.charAt(percent + 1)) : -1;
        int low = percent + 2 < limit ? hex(url.charAt(percent + 2)) : -1;
        if (high < 0 || low < 0) {
            throw at(percent, "'%' is not followed by two hexadecimal digits; write %25 for a percent sign");
        }
        int value = high * 16 + low;
        if (value < 0x20 || value == 0x7f) {
            throw at(percent, "an encoded control character is not allowed");
        }
        return value;
    }

    /** {@return the value of a hexadecimal digit; -1 if it is none} Unlike {@code Character.digit}, ASCII only. */
    static int hex(char digit) {
        return digit < 0x80 ? Character.digit(digit, 16) : -1;
    }

    /**
     * {@return the text with all encoded that is neither a letter or digit nor one of {@code -._~}}
     *
     * @param keep what else may stay
     */
    static String encode(String text, String keep) {
        StringBuilder encoded = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (Character.isLetterOrDigit(c) || "-._~".indexOf(c) >= 0 || keep.indexOf(c) >= 0) {
                encoded.appendCodePoint(c);
            } else {
                for (byte octet : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
                    encoded.append(String.format("%%%02X", octet));
                }
            }
        });
        return encoded.toString();
    }

    /** {@return an error about a URL; positions are told from 1 on} */
    static QueueException at(int index, String what) {
        return new QueueException(ErrorCode.INVALID_ARGUMENT, "url position " + (index + 1) + ": " + what);
    }
}
