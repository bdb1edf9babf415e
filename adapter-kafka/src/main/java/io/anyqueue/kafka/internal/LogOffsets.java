package io.anyqueue.kafka.internal;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks where logs begin and end, open transactions included. A partition whose leader does not answer is left out, and holds up no other.
 * The polling thread's; waits for the brokers, up to a limit.
 */
final class LogOffsets {
    private static final Logger LOG = LoggerFactory.getLogger(LogOffsets.class);
    private static final int LIMIT_MILLIS = 1_000;
    private static final int LONGEST_MILLIS = 4_000;

    private final Clients clients;
    /** Longer after a question that was not answered in full. */
    private int limitMillis = LIMIT_MILLIS;

    LogOffsets(Clients clients) {
        this.clients = clients;
    }

    /**
     * Asks for one offset of each.
     *
     * @param which is asked for
     * @return those that were answered; -1 where there is no such offset
     * @throws org.apache.kafka.common.KafkaException for what asking again does not help
     */
    Map<TopicPartition, Long> of(Set<TopicPartition> partitions, OffsetSpec which) {
        Map<TopicPartition, Long> known = new HashMap<>();
        if (partitions.isEmpty()) {
            return known;
        }
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limitMillis);
        ListOffsetsResult asked = clients.admin()
                .listOffsets(
                        partitions.stream().collect(Collectors.toMap(each -> each, each -> which)),
                        new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED).timeoutMs(limitMillis));
        for (TopicPartition partition : partitions) {
            await(partition, asked.partitionResult(partition), until, known);
        }
        limitMillis = known.size() == partitions.size() ? LIMIT_MILLIS : Math.min(2 * limitMillis, LONGEST_MILLIS);
        return known;
    }

    private static void await(
            TopicPartition partition,
            KafkaFuture<ListOffsetsResult.ListOffsetsResultInfo> answer,
            long untilNanos,
            Map<TopicPartition, Long> known) {
        try {
            long left = Math.max(0, untilNanos - System.nanoTime());
            known.put(partition, answer.get(left, TimeUnit.NANOSECONDS).offset());
        } catch (TimeoutException e) {
            LOG.debug("{}: no answer yet", partition, e);
        } catch (InterruptedException e) {
            LOG.debug("{}: nobody interrupts this thread", partition, e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure && !(failure instanceof RetriableException)) {
                throw failure;
            }
            LOG.debug("{}: cannot be asked now", partition, e);
        }
    }
}
