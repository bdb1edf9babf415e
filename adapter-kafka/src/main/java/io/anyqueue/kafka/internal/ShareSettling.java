package io.anyqueue.kafka.internal;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.kafka.internal.ShareNotes.Note;
import io.anyqueue.spi.Receiver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidRecordStateException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Acknowledges what is claimed, waits for the brokers, and tells each result (rules SET-1, SET-2). The lane's thread's only. */
final class ShareSettling {
    private static final Logger LOG = LoggerFactory.getLogger(ShareSettling.class);

    private final String name;
    private final ShareHeld held;
    private final Supplier<Duration> limit;

    /** @param limit how long to wait for the brokers' answer */
    ShareSettling(String name, ShareHeld held, Supplier<Duration> limit) {
        this.name = name;
        this.held = held;
        this.limit = limit;
    }

    /** Settles all that other threads want settled. */
    void settleNoted(ShareConsumer<byte[], byte[]> client, ShareNotes notes) {
        ShareNotes.Taken taken = notes.take();
        try {
            settle(client, taken.notes());
        } finally {
            taken.flushed();
        }
    }

    /** Throws what the client library does, after the results are told. */
    void settle(ShareConsumer<byte[], byte[]> client, List<Note> claimed) {
        List<Note> sent = new ArrayList<>(claimed.size());
        Map<TopicPartition, Integer> counts = new HashMap<>();
        for (Note note : claimed) {
            if (acknowledge(client, note)) {
                counts.merge(partition(note), 1, Integer::sum);
                sent.add(note);
            }
        }
        if (sent.isEmpty()) {
            return;
        }
        Map<TopicPartition, Optional<KafkaException>> outcome = new HashMap<>();
        try {
            client.commitSync(limit.get())
                    .forEach((partition, answer) -> outcome.put(partition.topicPartition(), answer));
        } catch (RuntimeException e) {
            QueueException why = Failures.of("settle messages of " + name, e);
            sent.forEach(note -> tellUnknown(note, why));
            throw e;
        }
        for (Note note : sent) {
            tell(note, outcome, counts.getOrDefault(partition(note), 0) == 1);
        }
    }

    private static TopicPartition partition(Note note) {
        return ShareHeld.partition(note.delivery().record());
    }

    private boolean acknowledge(ShareConsumer<byte[], byte[]> client, Note note) {
        ShareDelivery delivery = note.delivery();
        if (!held.contains(delivery) || !delivery.end()) {
            note.stale();
            return false;
        }
        held.remove(delivery);
        try {
            client.acknowledge(delivery.record(), note.type());
            return true;
        } catch (IllegalStateException e) {
            // Not seen so far; nobody may wait for a result in vain, and the record comes again.
            LOG.warn("{}: {} could not be settled", name, delivery, e);
            tellUnknown(note, Failures.of("settle a message of " + name, e));
            return false;
        }
    }

    private void tell(Note note, Map<TopicPartition, Optional<KafkaException>> outcome, boolean alone) {
        Receiver.Results results = note.results();
        if (results == null) {
            return;
        }
        if (!outcome.containsKey(partition(note))) {
            tellUnknown(note, unknown("the brokers did not say whether it is settled", null));
            return;
        }
        KafkaException failure =
                outcome.getOrDefault(partition(note), Optional.empty()).orElse(null);
        if (failure == null) {
            results.done(note.delivery());
        } else if (alone && failure instanceof InvalidRecordStateException) {
            results.stale(note.delivery());
        } else {
            // One lost lock among them fails all of a partition, and which one is not said.
            tellUnknown(note, unknown("not settled, so it comes again: " + failure.getMessage(), failure));
        }
    }

    private QueueException unknown(String why, @Nullable KafkaException cause) {
        return new QueueException(ErrorCode.UNAVAILABLE, "Kafka: " + name + ": " + why, cause);
    }

    private static void tellUnknown(Note note, QueueException why) {
        if (note.results() != null) {
            note.results().unknown(note.delivery(), why);
        }
    }
}
