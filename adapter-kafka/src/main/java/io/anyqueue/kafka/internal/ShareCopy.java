package io.anyqueue.kafka.internal;

import io.anyqueue.QueueException;
import io.anyqueue.kafka.internal.ShareDelivery.State;
import io.anyqueue.spi.Receiver;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** A copy that takes the place of what is claimed: a crash between both makes two, and loses none (rule SET-4). On the client library's thread. */
final class ShareCopy extends Outbound {
    private final ShareDelivery delivery;
    private final Receiver.@Nullable Results results;
    private final Consumer<QueueException> failed;

    /**
     * Makes a copy.
     *
     * @param results takes what became of the original; null if nobody asked for it
     * @param failed is told why if it is not known to be stored; the original is claimed still, or open if somebody asked for it
     */
    ShareCopy(
            ProducerRecord<byte[], byte[]> record,
            ShareDelivery delivery,
            Receiver.@Nullable Results results,
            Consumer<QueueException> failed) {
        super(record);
        this.delivery = delivery;
        this.results = results;
        this.failed = failed;
    }

    @Override
    void confirmed() {
        delivery.holder().settle(delivery, AcknowledgeType.ACCEPT, results);
    }

    @Override
    void rejected(QueueException why) {
        if (results != null) {
            var unused = delivery.leave(State.CLAIMED, State.OPEN);
            results.unknown(delivery, why);
        }
        failed.accept(why);
    }

    @Override
    void unknown(QueueException why) {
        rejected(why);
    }
}
