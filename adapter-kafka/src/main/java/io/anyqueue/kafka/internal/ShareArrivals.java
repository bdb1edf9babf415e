package io.anyqueue.kafka.internal;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.ShareConsumer;

/** Sorts what a lane has locked: for the receiver, for others, or to be moved on. The lane's thread's only. */
final class ShareArrivals {
    private final ShareLane lane;
    private final ShareReceiver receiver;
    private final Layout layout;
    private final ShareHeld held;
    private final ShareMoves moves;
    private int lastDelivery = 2;

    ShareArrivals(ShareLane lane, ShareReceiver receiver, ShareHeld held, ShareMoves moves) {
        this.lane = lane;
        this.receiver = receiver;
        this.layout = receiver.layout();
        this.held = held;
        this.moves = moves;
    }

    /** With its delivery of that number a record goes on as a copy. */
    void lastDelivery(int number) {
        lastDelivery = number;
    }

    void accept(ShareConsumer<byte[], byte[]> client, Iterable<ConsumerRecord<byte[], byte[]>> records) {
        List<ShareDelivery> ready = new ArrayList<>();
        List<ShareDelivery> worn = new ArrayList<>();
        boolean foreign = false;
        for (ConsumerRecord<byte[], byte[]> record : records) {
            if (layout.only().isPresent() && !Codec.isFor(record.headers(), layout.only())) {
                client.acknowledge(record, AcknowledgeType.ACCEPT);
                foreign = true;
                continue;
            }
            (isWorn(record) ? worn : ready).add(hold(record));
        }
        if (!worn.isEmpty()) {
            moves.move(worn);
        }
        if (!ready.isEmpty() && receiver.buffer().add(ready)) {
            receiver.notices().readable();
        }
        if (foreign) {
            client.commitAsync(); // Nobody waits for it, and without it the record comes again.
        }
    }

    /** They came for a poll that is over, and there is no room by now. What the brokers would give up for that goes on as a copy. */
    void refuse(ShareConsumer<byte[], byte[]> client, ConsumerRecords<byte[], byte[]> records) {
        List<ShareDelivery> worn = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            if (isWorn(record)) {
                worn.add(hold(record));
            } else {
                client.acknowledge(record, AcknowledgeType.RELEASE);
            }
        }
        client.commitAsync();
        if (!worn.isEmpty()) {
            moves.move(worn);
        }
    }

    private boolean isWorn(ConsumerRecord<byte[], byte[]> record) {
        return ShareDelivery.earlier(record) + 1 >= lastDelivery;
    }

    private ShareDelivery hold(ConsumerRecord<byte[], byte[]> record) {
        ShareDelivery delivery = new ShareDelivery(lane, layout.endpoint(), receiver.nextEpoch(), record);
        held.add(delivery);
        return delivery;
    }
}
