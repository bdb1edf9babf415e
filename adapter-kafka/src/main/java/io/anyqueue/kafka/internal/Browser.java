package io.anyqueue.kafka.internal;

import io.anyqueue.ErrorCode;
import io.anyqueue.History;
import io.anyqueue.Message;
import io.anyqueue.QueueException;
import io.anyqueue.kafka.internal.Ledger.Range;
import io.anyqueue.spi.Topology.Page;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Reads what waits for a group without being in it. The partitions are merged by the time at which their records were stored. One caller
 * at a time; waits for the brokers.
 */
final class Browser {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final int CURSOR_ENTRY = Integer.BYTES + Long.BYTES;

    private final Clients clients;
    private final Layout layout;

    Browser(Clients clients, Layout layout) {
        this.clients = clients;
        this.layout = layout;
    }

    /** A cursor is the next offset of each partition. */
    static Map<Integer, Long> positions(byte @Nullable [] cursor) {
        Map<Integer, Long> positions = new TreeMap<>();
        if (cursor == null) {
            return positions;
        }
        if (cursor.length == 0 || cursor.length % CURSOR_ENTRY != 0) {
            throw new QueueException(ErrorCode.INVALID_ARGUMENT, "the cursor is none of Kafka's");
        }
        ByteBuffer in = ByteBuffer.wrap(cursor);
        while (in.hasRemaining()) {
            positions.put(in.getInt(), in.getLong());
        }
        return positions;
    }

    private static byte[] cursor(Map<Integer, Long> positions) {
        ByteBuffer out = ByteBuffer.allocate(positions.size() * CURSOR_ENTRY);
        positions.forEach((partition, next) -> out.putInt(partition).putLong(next));
        return out.array();
    }

    /**
     * Reads a page.
     *
     * @param partitions of the topic
     * @param committed where the group is
     * @param from the cursor's positions
     */
    Page page(
            Set<TopicPartition> partitions,
            Map<TopicPartition, OffsetAndMetadata> committed,
            Map<Integer, Long> from,
            int max) {
        try (Consumer<byte[], byte[]> reader = clients.reader()) {
            Duration limit = clients.settings().connectTimeout();
            Map<TopicPartition, Long> first = reader.beginningOffsets(partitions, limit);
            Map<TopicPartition, Long> end = reader.endOffsets(partitions, limit);
            Map<Integer, Long> next = new TreeMap<>();
            Map<TopicPartition, Ledger> ledgers = new HashMap<>();
            reader.assign(partitions);
            for (TopicPartition partition : partitions) {
                long begin = first.getOrDefault(partition, 0L);
                OffsetAndMetadata known = committed.get(partition);
                Ledger ledger = known == null ? Ledger.unknown(begin) : Ledger.decode(known.offset(), known.metadata());
                ledgers.put(partition, ledger);
                long position = Math.max(begin, Math.max(ledger.start(), from.getOrDefault(partition.partition(), 0L)));
                next.put(partition.partition(), position);
                reader.seek(partition, position);
            }
            return merged(read(reader, end, ledgers, max), next, end, max);
        }
    }

    /** A record that waits, and what it went through. */
    private record Found(ConsumerRecord<byte[], byte[]> record, Counters past) {}

    private List<Found> read(
            Consumer<byte[], byte[]> reader,
            Map<TopicPartition, Long> end,
            Map<TopicPartition, Ledger> ledgers,
            int max) {
        List<Found> found = new ArrayList<>();
        Map<TopicPartition, Integer> counts = new HashMap<>();
        List<TopicPartition> open = new ArrayList<>(end.keySet());
        long until = System.nanoTime() + clients.settings().connectTimeout().toNanos();
        while (true) {
            open.removeIf(partition -> {
                boolean done = counts.getOrDefault(partition, 0) >= max
                        || reader.position(partition) >= end.getOrDefault(partition, 0L);
                if (done) {
                    reader.pause(Set.of(partition));
                }
                return done;
            });
            if (open.isEmpty()) {
                return found;
            }
            if (System.nanoTime() - until > 0) {
                throw new QueueException(
                        ErrorCode.TIMEOUT,
                        "Kafka: browsing '" + layout.endpoint().name() + "' takes too long");
            }
            ConsumerRecords<byte[], byte[]> polled = reader.poll(POLL);
            for (ConsumerRecord<byte[], byte[]> record : polled) {
                TopicPartition partition = new TopicPartition(record.topic(), record.partition());
                Counters past = past(ledgers.get(partition), record);
                if (past != null && record.offset() < end.getOrDefault(partition, 0L)) {
                    found.add(new Found(record, past));
                    counts.merge(partition, 1, Integer::sum);
                }
            }
        }
    }

    /** {@return null if it is settled, or for another subscription} */
    private @Nullable Counters past(@Nullable Ledger ledger, ConsumerRecord<byte[], byte[]> record) {
        if (!Codec.isFor(record.headers(), layout.only())) {
            return null;
        }
        if (ledger == null || record.offset() >= ledger.end()) {
            return Counters.NONE;
        }
        for (Range range : ledger.ranges()) {
            if (record.offset() >= range.from() && record.offset() < range.to()) {
                return range.past();
            }
        }
        return null;
    }

    private static Page merged(List<Found> found, Map<Integer, Long> next, Map<TopicPartition, Long> end, int max) {
        found.sort(Comparator.<Found>comparingLong(each -> each.record().timestamp())
                .thenComparingInt(each -> each.record().partition())
                .thenComparingLong(each -> each.record().offset()));
        List<Message> messages = new ArrayList<>();
        for (Found each : found.subList(0, Math.min(max, found.size()))) {
            messages.add(message(each));
            // Each partition's are in order, unless its clock went back: then one may be shown twice, and none is left
            // out.
            next.merge(each.record().partition(), each.record().offset() + 1, Math::max);
        }
        boolean more = found.size() > max;
        if (!more) {
            end.forEach((partition, last) -> next.merge(partition.partition(), last, Math::max));
        }
        return new Page(messages, messages.size() < max && !more ? Optional.empty() : Optional.of(cursor(next)));
    }

    private static Message message(Found found) {
        Message message = Codec.message(found.record());
        Counters before = Counters.of(found.record().headers(), message.history());
        Counters past = found.past();
        History history = new History(
                past.attempts() != 0 ? past.attempts() : before.attempts(),
                before.deliveries() + past.deliveries(),
                past.firstFailedAtMillis() != 0 ? past.firstFailedAtMillis() : before.firstFailedAtMillis());
        return history.equals(message.history())
                ? message
                : message.toBuilder().history(history).build();
    }
}
