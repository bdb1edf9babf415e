package io.anyqueue.kafka.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** What a lane has locked. Its thread's only. */
final class ShareHeld {
    private final Map<TopicPartition, Map<Long, ShareDelivery>> held = new HashMap<>();
    private final Notices notices;
    private int size;

    ShareHeld(Notices notices) {
        this.notices = notices;
    }

    static TopicPartition partition(ConsumerRecord<byte[], byte[]> record) {
        return new TopicPartition(record.topic(), record.partition());
    }

    boolean isEmpty() {
        return size == 0;
    }

    void add(ShareDelivery delivery) {
        ConsumerRecord<byte[], byte[]> record = delivery.record();
        held.computeIfAbsent(partition(record), fresh -> new LinkedHashMap<>()).put(record.offset(), delivery);
        size++;
    }

    @Nullable
    ShareDelivery find(ConsumerRecord<byte[], byte[]> record) {
        return held.getOrDefault(partition(record), Map.of()).get(record.offset());
    }

    boolean contains(ShareDelivery delivery) {
        return find(delivery.record()) == delivery;
    }

    /** It is locked no longer, or is about to be settled. */
    void remove(ShareDelivery delivery) {
        TopicPartition partition = partition(delivery.record());
        Map<Long, ShareDelivery> of = held.get(partition);
        if (of != null && of.remove(delivery.record().offset()) != null) {
            size--;
            if (of.isEmpty()) {
                held.remove(partition);
            }
        }
    }

    /** {@return all that it is true of, in the order of their offsets by partition} */
    List<ShareDelivery> those(Predicate<ShareDelivery> which) {
        List<ShareDelivery> found = new ArrayList<>();
        held.values().forEach(of -> of.values().stream().filter(which).forEach(found::add));
        return found;
    }

    List<ShareDelivery> all() {
        return those(delivery -> true);
    }

    /** Their locks are gone, which their holders are told. */
    void lose(Predicate<ShareDelivery> which) {
        for (ShareDelivery delivery : those(which)) {
            remove(delivery);
            if (delivery.end()) {
                tellLost(delivery);
            }
        }
    }

    void tellLost(ShareDelivery delivery) {
        if (delivery.isPolled()) {
            notices.lost(delivery.shard(), delivery.epoch());
        }
    }
}
