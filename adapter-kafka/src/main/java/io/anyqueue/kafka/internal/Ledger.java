package io.anyqueue.kafka.internal;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.BitSet;
import java.util.List;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.Uuid;

/**
 * What a commit says beside its offset: which of the records behind it are not settled, and what they went through (rules SET-1, SET-3,
 * RCV-5). It always fits into the 4096 bytes that a broker takes: if it would not, counters are left out, and then the far end, so that
 * messages come again. What cannot be read counts as nothing. Immutable.
 *
 * @param open whether the session that wrote it may still hand out
 * @param epoch the fencing token of the partition
 * @param sinceMillis from when on a subscription gets delayed messages
 * @param topic the topic's id: offsets mean nothing in another of its name; zero if it is not known
 * @param start the committed offset
 * @param end beyond it nothing is known
 * @param ranges what is not settled between start and end, in order
 */
record Ledger(boolean open, long epoch, long sinceMillis, Uuid topic, long start, long end, List<Range> ranges) {
    /** Most bytes of text in a commit, below the broker's {@code offset.metadata.max.bytes} of 4096. */
    static final int MOST_TEXT = 4_000;

    private static final String MAGIC = "aq1.";
    private static final int MOST_BYTES = (MOST_TEXT - MAGIC.length()) / 4 * 3;
    private static final int MOST_HEAD = 60;
    private static final int TOPIC_BYTES = 16;
    private static final int OPEN = 1;
    private static final int BITS = 2;
    private static final int OUT = 1;
    private static final int COUNTED = 2;
    private static final int FAILED = 4;

    /** The most offsets that can be told apart without counters. */
    static final int MOST_BITS = (MOST_BYTES - MOST_HEAD) * 8;

    /**
     * Records that are not settled, with the same past.
     *
     * @param from the first
     * @param to behind the last
     * @param out whether they may be with a handler
     * @param past their past, in this partition
     */
    record Range(long from, long to, boolean out, Counters past) {}

    /** {@return what is known of a partition without a commit, or with a foreign one} */
    static Ledger unknown(long start) {
        return new Ledger(false, 0, 0, Uuid.ZERO_UUID, start, start, List.of());
    }

    /** {@return whether it is about another topic of the same name} */
    boolean isOfAnother(Uuid id) {
        return !topic.equals(Uuid.ZERO_UUID) && !topic.equals(id);
    }

    /** {@return the same for a topic} */
    Ledger of(Uuid id) {
        return new Ledger(open, epoch, sinceMillis, id, start, end, ranges);
    }

    /** {@return the same with an epoch of at least that} */
    Ledger after(long least) {
        return least <= epoch ? this : new Ledger(open, least, sinceMillis, topic, start, end, ranges);
    }

    /** {@return what it says of a log that ends there} */
    Ledger upTo(long last) {
        if (end <= last) {
            return this;
        }
        List<Range> left = ranges.stream()
                .filter(range -> range.from() < last)
                .map(range -> new Range(range.from(), Math.min(range.to(), last), range.out(), range.past()))
                .toList();
        return new Ledger(open, epoch, sinceMillis, topic, Math.min(start, last), last, left);
    }

    /** {@return whether nothing was ever handed out of it} */
    boolean isUnused() {
        return epoch == 0;
    }

    /** {@return what the next session goes by: what may have been out when the last one ended without a word was lost in a crash} */
    List<Range> adopted() {
        return ranges.stream()
                .map(range -> open && range.out()
                        ? new Range(
                                range.from(),
                                range.to(),
                                false,
                                new Counters(
                                        range.past().deliveries() + 1,
                                        range.past().crashes() + 1,
                                        range.past().attempts(),
                                        range.past().firstFailedAtMillis()))
                        : range)
                .toList();
    }

    String encode() {
        byte[] bytes = inRanges();
        if (bytes.length > MOST_BYTES) {
            bytes = inBits();
        }
        return MAGIC + Base64.getEncoder().withoutPadding().encodeToString(bytes);
    }

    private byte[] inRanges() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        head(out, 0, end);
        long last = start;
        for (Range range : ranges) {
            if (out.size() > MOST_BYTES) {
                break;
            }
            write(out, range.from() - last);
            write(out, range.to() - range.from());
            past(out, range);
            last = range.to();
        }
        return out.toByteArray();
    }

    private static void past(ByteArrayOutputStream out, Range range) {
        Counters past = range.past();
        boolean counted = past.deliveries() != 0 || past.crashes() != 0;
        boolean failed = past.attempts() != 0 || past.firstFailedAtMillis() != 0;
        out.write((range.out() ? OUT : 0) | (counted ? COUNTED : 0) | (failed ? FAILED : 0));
        if (counted) {
            write(out, past.deliveries());
            write(out, past.crashes());
        }
        if (failed) {
            write(out, past.attempts());
            write(out, past.firstFailedAtMillis());
        }
    }

    private byte[] inBits() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        long last = Math.min(end, start + MOST_BITS);
        head(out, BITS, last);
        BitSet unsettled = new BitSet();
        for (Range range : ranges) {
            if (range.from() < last) {
                unsettled.set((int) (range.from() - start), (int) (Math.min(last, range.to()) - start));
            }
        }
        out.writeBytes(unsettled.toByteArray());
        return out.toByteArray();
    }

    private void head(ByteArrayOutputStream out, int flags, long last) {
        out.write(flags | (open ? OPEN : 0));
        write(out, epoch);
        write(out, sinceMillis);
        out.writeBytes(ByteBuffer.allocate(TOPIC_BYTES)
                .putLong(topic.getMostSignificantBits())
                .putLong(topic.getLeastSignificantBits())
                .array());
        write(out, last - start);
    }

    /** {@return up to where this commit, and those that follow it without a new start, can say what is settled} */
    static long reach(OffsetAndMetadata committed) {
        long end = decode(committed.offset(), committed.metadata()).end();
        return Math.min(end, committed.offset() + MOST_BITS);
    }

    static Ledger decode(long start, String text) {
        if (!text.startsWith(MAGIC)) {
            return unknown(start);
        }
        try {
            return read(start, Base64.getDecoder().decode(text.substring(MAGIC.length())));
        } catch (IOException | ArithmeticException | IllegalArgumentException e) {
            return unknown(start);
        }
    }

    private static Ledger read(long start, byte[] bytes) throws IOException {
        ByteArrayInputStream in = new ByteArrayInputStream(bytes);
        int flags = in.read();
        long epoch = read(in);
        long since = read(in);
        ByteBuffer id = ByteBuffer.wrap(in.readNBytes(TOPIC_BYTES));
        if (id.remaining() < TOPIC_BYTES) {
            throw new IOException("too short");
        }
        Uuid topic = new Uuid(id.getLong(), id.getLong());
        long end = Math.addExact(start, read(in));
        boolean open = (flags & OPEN) != 0;
        List<Range> ranges = (flags & BITS) != 0 ? bits(start, end, open, in) : ranges(start, end, in);
        return new Ledger(open, epoch, since, topic, start, end, ranges);
    }

    private static List<Range> ranges(long start, long end, ByteArrayInputStream in) throws IOException {
        List<Range> ranges = new ArrayList<>();
        long last = start;
        while (in.available() > 0) {
            long from = last + read(in);
            long to = from + read(in);
            if (from < last || to < from || to > end) {
                throw new IOException("ranges out of order");
            }
            int flags = in.read();
            boolean counted = (flags & COUNTED) != 0;
            boolean failed = (flags & FAILED) != 0;
            Counters past = new Counters(
                    counted ? (int) read(in) : 0,
                    counted ? (int) read(in) : 0,
                    failed ? (int) read(in) : 0,
                    failed ? read(in) : 0);
            ranges.add(new Range(from, to, (flags & OUT) != 0, past));
            last = to;
        }
        return List.copyOf(ranges);
    }

    private static List<Range> bits(long start, long end, boolean open, ByteArrayInputStream in) {
        BitSet unsettled = BitSet.valueOf(in.readAllBytes());
        List<Range> ranges = new ArrayList<>();
        int from = unsettled.nextSetBit(0);
        while (from >= 0 && start + from < end) {
            int to = unsettled.nextClearBit(from);
            ranges.add(new Range(start + from, Math.min(end, start + to), open, Counters.NONE));
            from = unsettled.nextSetBit(to);
        }
        return List.copyOf(ranges);
    }

    private static void write(ByteArrayOutputStream out, long number) {
        long rest = number;
        while ((rest & ~0x7FL) != 0) {
            out.write((int) (rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    private static long read(ByteArrayInputStream in) throws IOException {
        long number = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("too short");
            }
            number |= (long) (next & 0x7F) << shift;
            if ((next & 0x80) == 0) {
                if (number < 0) {
                    throw new IOException("too large a number");
                }
                return number;
            }
        }
        throw new IOException("too long a number");
    }
}
