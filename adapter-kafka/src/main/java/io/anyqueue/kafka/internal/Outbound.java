package io.anyqueue.kafka.internal;

import io.anyqueue.QueueException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.ProducerRecord;

/** A record on its way to the brokers, and whom to tell; only the first result counts. Safe for use by any thread. */
abstract class Outbound {
    static final int OVERHEAD_BYTES = 256;

    private final ProducerRecord<byte[], byte[]> record;
    private final AtomicBoolean told = new AtomicBoolean();

    Outbound(ProducerRecord<byte[], byte[]> record) {
        this.record = record;
    }

    final ProducerRecord<byte[], byte[]> record() {
        return record;
    }

    final int bytes() {
        byte[] value = record.value();
        return OVERHEAD_BYTES + (value == null ? 0 : value.length);
    }

    /** {@return whether no result was told before} */
    final boolean tell() {
        return told.compareAndSet(false, true);
    }

    final boolean isTold() {
        return told.get();
    }

    /** The broker has it. */
    abstract void confirmed();

    /** The broker certainly does not have it. */
    abstract void rejected(QueueException why);

    /** The broker may have it. */
    abstract void unknown(QueueException why);
}
