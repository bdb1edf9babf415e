package io.anyqueue.testbrokers.proxy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;

/** One direction of a connection. Used by the thread of the proxy's loop alone. */
final class Pipe {
    /** So much is read ahead of what can be written; the rest waits with the sender. */
    private static final int MOST_BYTES = 256 * 1024;

    private static final int CHUNK_BYTES = 64 * 1024;

    private record Chunk(ByteBuffer bytes, long due) {}

    private final Direction direction;
    private final SocketChannel source;
    private final SocketChannel sink;
    private final Faults faults;
    private final Deque<Chunk> chunks = new ArrayDeque<>();
    private int bytes;
    private boolean sourceEnded;
    private boolean sinkEnded;
    private boolean sinkFull;
    private boolean spoilt;

    Pipe(Direction direction, SocketChannel source, SocketChannel sink, Faults faults) {
        this.direction = direction;
        this.source = source;
        this.sink = sink;
        this.faults = faults;
    }

    /** Moves what can be moved now. */
    void move(ByteBuffer buffer, long now) throws IOException {
        read(buffer, now);
        write(now);
    }

    private void read(ByteBuffer buffer, long now) throws IOException {
        while (wantsToRead()) {
            buffer.clear().limit(Math.min(buffer.capacity(), CHUNK_BYTES));
            int count = source.read(buffer);
            if (count < 0) {
                sourceEnded = true;
            } else if (count == 0) {
                return;
            } else if (faults.eats(direction)) {
                spoilt = true;
            } else {
                add(buffer.flip(), now);
            }
        }
    }

    private void add(ByteBuffer buffer, long now) {
        bytes += buffer.remaining();
        chunks.add(new Chunk(ByteBuffer.allocate(buffer.remaining()).put(buffer).flip(), now + faults.delayNanos()));
    }

    private void write(long now) throws IOException {
        sinkFull = false;
        if (faults.holds(direction)) {
            return;
        }
        Chunk first = chunks.peek();
        while (first != null && first.due() - now <= 0) {
            bytes -= sink.write(first.bytes());
            if (first.bytes().hasRemaining()) {
                sinkFull = true;
                return;
            }
            chunks.remove();
            first = chunks.peek();
        }
        if (first == null && sourceEnded && !sinkEnded) {
            sinkEnded = true;
            sink.shutdownOutput();
        }
    }

    /** Behind a hole nothing is read either: not even the end of the connection is noticed. */
    boolean wantsToRead() {
        return !sourceEnded && bytes < MOST_BYTES && !faults.holds(direction);
    }

    boolean wantsToWrite() {
        return sinkFull;
    }

    boolean hasEnded() {
        return sinkEnded;
    }

    /** {@return whether bytes are missing: the connection is of no use any more} */
    boolean isSpoilt() {
        return spoilt;
    }

    /** {@return the nanoseconds until the next chunk is due; the largest number if nothing waits for its time} */
    long nanosToNext(long now) {
        Chunk first = chunks.peek();
        return first == null || sinkFull || faults.holds(direction) ? Long.MAX_VALUE : Math.max(0, first.due() - now);
    }
}
