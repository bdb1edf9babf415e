package io.anyqueue.json;

/** Strict UTF-8 (RFC 3629). Jackson lets overlong forms pass, in which one text has several spellings. */
final class Utf8 {
    private static final int[] SMALLEST = {0, 0x80, 0x800, 0x10000};
    private static final int LARGEST = 0x10FFFF;

    private Utf8() {}

    /** Refuses a character that is not encoded well. */
    static int afterCharacter(byte[] text, int start) {
        int first = text[start] & 0xFF;
        if (first == 0) { // JSON has none, but Jackson would take it for a sign of UTF-16, which we do not check
            throw invalid(start);
        }
        return first < 0x80 ? start + 1 : afterSequence(text, start, first);
    }

    private static int afterSequence(byte[] text, int start, int first) {
        int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
        int code = first & (0x3F >> more);
        for (int at = start + 1; at <= start + more; at++) {
            if (at >= text.length || (text[at] & 0xC0) != 0x80) {
                throw invalid(start);
            }
            code = (code << 6) | (text[at] & 0x3F);
        }
        boolean surrogate = code >= Character.MIN_SURROGATE && code <= Character.MAX_SURROGATE;
        if (first < 0xC0 || first >= 0xF8 || code < SMALLEST[more] || code > LARGEST || surrogate) {
            throw invalid(start);
        }
        return start + more + 1;
    }

    private static Refusal invalid(int at) {
        return new Refusal("it is not UTF-8 text at byte " + at);
    }
}
