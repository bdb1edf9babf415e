package io.anyqueue.json;

import tools.jackson.core.StreamReadConstraints;

/**
 * The limits that Jackson does not check, or only in one direction: the size of the document, and of numbers, written and
 * read. An exponent is limited because {@code 1e999999999} is a small {@code BigDecimal} until somebody adds one to it.
 *
 * @param bytes largest document
 * @param number most characters of a number, and largest magnitude of its exponent
 */
record Limits(long bytes, int number) {
    private static final int MAX_BYTES = 16 * 1024 * 1024;

    static final StreamReadConstraints DEFAULTS = StreamReadConstraints.builder()
            .maxDocumentLength(MAX_BYTES)
            .maxNestingDepth(100)
            .maxStringLength(MAX_BYTES)
            .maxNumberLength(1_000)
            .maxNameLength(50_000)
            .build();

    static Limits of(StreamReadConstraints constraints) {
        long bytes = constraints.hasMaxDocumentLength() ? constraints.getMaxDocumentLength() : MAX_BYTES;
        return new Limits(bytes, constraints.getMaxNumberLength());
    }

    /** Refuses what is over a limit. It needs no well-formed JSON: what is not, is left for Jackson to refuse. */
    void check(byte[] json) {
        if (json.length == 0) {
            throw new Refusal("it is empty");
        }
        if (json.length > bytes) {
            throw new Refusal("it has " + json.length + " bytes, the limit is " + bytes);
        }
        int at = 0;
        while (at < json.length) {
            at = afterToken(json, at);
        }
    }

    private int afterToken(byte[] json, int start) {
        byte first = json[start];
        if (first == '"') {
            return afterString(json, start + 1);
        }
        return first == '-' || isDigit(first) ? afterNumber(json, start) : Utf8.afterCharacter(json, start);
    }

    private static int afterString(byte[] json, int start) {
        int at = start;
        while (at < json.length && json[at] != '"') {
            if (json[at] == '\\') {
                at += 2;
            } else {
                at = json[at] > 0 ? at + 1 : Utf8.afterCharacter(json, at);
            }
        }
        return at + 1;
    }

    private int afterNumber(byte[] json, int start) {
        int at = start;
        while (at < json.length && isOfNumber(json[at])) {
            if (json[at] == 'e' || json[at] == 'E') {
                checkExponent(json, at + 1);
            }
            at++;
        }
        if (at - start > number) {
            throw new Refusal(
                    "a number at byte " + start + " has " + (at - start) + " characters, the limit is " + number);
        }
        return at;
    }

    private void checkExponent(byte[] json, int start) {
        int at = start < json.length && (json[start] == '-' || json[start] == '+') ? start + 1 : start;
        long exponent = 0;
        for (; at < json.length && isDigit(json[at]) && exponent <= Integer.MAX_VALUE; at++) {
            exponent = exponent * 10 + (json[at] - '0');
        }
        if (exponent > number) {
            throw new Refusal("a number at byte " + start + " has an exponent of " + exponent
                    + " or more, the limit is " + number);
        }
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    private static boolean isOfNumber(byte b) {
        return isDigit(b) || b == '-' || b == '+' || b == '.' || b == 'e' || b == 'E';
    }
}
