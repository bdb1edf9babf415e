package io.anyqueue.kafka.internal;

import io.anyqueue.QueueException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What waits in one partition of delayed messages that this consumer owns (rules DLY-1, DLY-2). What is due goes to the consumer. If more
 * waits than is held here, what has been here for as long as its level lasts is moved on by a confirmed copy. The polling thread's; confirmations come on the
 * client library's thread.
 */
final class DelayLine {
    private static final Logger LOG = LoggerFactory.getLogger(DelayLine.class);
    private static final int MOST_WAITING = 1_000;
    private static final long MOST_BYTES = 4L * 1024 * 1024;
    private static final long AGAIN_MILLIS = 1_000;
    /** Settled records behind one that waits need room in commits. */
    private static final long MOST_SPAN = Ledger.MOST_BITS / 2;

    private final Layout layout;
    private final PartitionTracker tracker;
    private final Moves moves;
    private final PriorityQueue<Waiting> waiting = new PriorityQueue<>(Comparator.comparingLong(Waiting::dueMillis));
    private final Queue<Waiting> failed = new ConcurrentLinkedQueue<>();
    private long bytes;

    DelayLine(Layout layout, PartitionTracker tracker, Moves moves) {
        this.layout = layout;
        this.tracker = tracker;
        this.moves = moves;
    }

    /** A record, when it is due, and from when on it need not hold up this level. */
    private record Waiting(Slot slot, ConsumerRecord<byte[], byte[]> record, long dueMillis, long leavesMillis) {}

    /** {@return a record for the level that a delay begins with} */
    static ProducerRecord<byte[], byte[]> record(
            Layout layout, byte @Nullable [] key, byte @Nullable [] value, Headers headers, long due, long now) {
        Codec.delay(headers, due, now);
        return new ProducerRecord<>(layout.delayed(), DelayLevels.level(due - now), due, key, value, headers);
    }

    /** Nobody can have it before it is due. */
    void add(Slot slot, ConsumerRecord<byte[], byte[]> record, long dueMillis) {
        slot.waiting = true;
        bytes += record.serializedValueSize();
        long levelEnds = Codec.entered(record) + DelayLevels.millis(record.partition());
        waiting.add(new Waiting(slot, record, dueMillis, levelEnds));
    }

    boolean isFull() {
        return waiting.size() >= MOST_WAITING || bytes >= MOST_BYTES;
    }

    /** {@return when there is something to do, in milliseconds since the epoch} */
    long nextMillis() {
        Waiting next = waiting.peek();
        return next == null ? Long.MAX_VALUE : next.dueMillis();
    }

    /** Hands out what is due and moves on what is not. */
    void work(long now, BiConsumer<Slot, ConsumerRecord<byte[], byte[]>> due) {
        Waiting again = failed.poll();
        while (again != null) {
            bytes += again.record().serializedValueSize();
            waiting.add(again);
            again = failed.poll();
        }
        while (nextMillis() <= now) {
            Waiting next = waiting.remove();
            bytes -= next.record().serializedValueSize();
            due.accept(next.slot(), next.record());
        }
        if (isFull() || tracker.span() > MOST_SPAN) {
            makeRoom(now);
        }
    }

    /** What has been here for as long as its level lasts goes elsewhere: behind it there may be what is due earlier. */
    private void makeRoom(long now) {
        List<Hop> hops = new ArrayList<>();
        waiting.removeIf(each -> {
            boolean leaves = each.leavesMillis() <= now;
            if (leaves) {
                bytes -= each.record().serializedValueSize();
                hops.add(new Hop(each, now));
            }
            return leaves;
        });
        moves.move(hops);
    }

    /** A copy that waits for the rest of the time. */
    private final class Hop extends Move {
        private final Waiting waiting;
        private final long now;

        Hop(Waiting waiting, long now) {
            super(waiting.slot(), List.of(copy(waiting, now)));
            this.waiting = waiting;
            this.now = now;
        }

        @Override
        void done() {
            // It waits elsewhere.
        }

        @Override
        void stale() {
            // The partition is somebody else's by now, and it may be there twice.
        }

        @Override
        void failed(QueueException why) {
            LOG.warn(
                    "{}: a delayed message could not be moved on, trying again",
                    layout.endpoint().name(),
                    why);
            failed.add(new Waiting(waiting.slot(), waiting.record(), waiting.dueMillis(), now + AGAIN_MILLIS));
        }
    }

    private ProducerRecord<byte[], byte[]> copy(Waiting waiting, long now) {
        ConsumerRecord<byte[], byte[]> record = waiting.record();
        var message = Codec.message(record);
        Headers headers = Codec.copy(record, message);
        Counters.of(record.headers(), message.history()).to(headers);
        Codec.only(headers, layout.only());
        return record(layout, record.key(), record.value(), headers, waiting.dueMillis(), now);
    }
}
