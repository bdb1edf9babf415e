package io.anyqueue.core.send;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes message ids: UUIDs of version 7 (RFC 9562, section 5.7), from a counter rather than a random number for each. Safe
 * for use by any thread.
 *
 * <p>The 74 bits that are not time or version are a random origin of this process, to which the counter is added.
 */
final class MessageIds {
    /** The two digits of each byte, the first in the upper half. */
    private static final short[] HEX = new short[256];

    static {
        for (int i = 0; i < HEX.length; i++) {
            HEX[i] = (short) (Character.forDigit(i >> 4, 16) << 8 | Character.forDigit(i & 0xf, 16));
        }
    }

    private static final long VARIANT = 0x8000_0000_0000_0000L;
    private static final long VARIANT_MASK = 0x3fff_ffff_ffff_ffffL;
    private static final ThreadLocal<byte[]> BUFFER = ThreadLocal.withInitial(() -> new byte[36]);

    private final long random12;
    private final AtomicLong counter;

    MessageIds() {
        SecureRandom random = new SecureRandom();
        this.random12 = random.nextInt(0x1000);
        this.counter = new AtomicLong(random.nextLong() & VARIANT_MASK);
    }

    /** {@return an id that no other call gets, beginning with the given time} */
    String next(long millis) {
        long high = (millis << 16) | 0x7000L | random12;
        long low = (counter.getAndIncrement() & VARIANT_MASK) | VARIANT;
        return format(high, low);
    }

    /**
     * Derives an id that is the same for the same text: a UUID of version 5 (RFC 9562, section 5.5) without a name space.
     */
    static String derived(String text) {
        byte[] hash = sha1(text.getBytes(StandardCharsets.UTF_8));
        long high = (toLong(hash, 0) & ~0xf000L) | 0x5000L;
        long low = (toLong(hash, 8) & VARIANT_MASK) | VARIANT;
        return format(high, low);
    }

    private static byte[] sha1(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-1").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }

    private static long toLong(byte[] bytes, int from) {
        long value = 0;
        for (int i = from; i < from + 8; i++) {
            value = (value << 8) | (bytes[i] & 0xff);
        }
        return value;
    }

    private static String format(long high, long low) {
        byte[] text = BUFFER.get();
        hex(text, 0, high >>> 32, 8);
        text[8] = '-';
        hex(text, 9, high >>> 16, 4);
        text[13] = '-';
        hex(text, 14, high, 4);
        text[18] = '-';
        hex(text, 19, low >>> 48, 4);
        text[23] = '-';
        hex(text, 24, low, 12);
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    private static void hex(byte[] text, int at, long value, int digits) {
        long left = value;
        for (int i = at + digits - 2; i >= at; i -= 2) {
            short pair = HEX[(int) (left & 0xff)];
            text[i] = (byte) (pair >> 8);
            text[i + 1] = (byte) pair;
            left >>>= 8;
        }
    }
}
