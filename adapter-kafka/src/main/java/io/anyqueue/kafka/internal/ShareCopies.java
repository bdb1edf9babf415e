package io.anyqueue.kafka.internal;

import io.anyqueue.spi.Receiver.Release;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;

/** Writes the records that go on in the place of others. Safe for use by any thread. */
final class ShareCopies {
    private final Layout layout;
    private final Clients clients;

    ShareCopies(Layout layout, Clients clients) {
        this.layout = layout;
        this.clients = clients;
    }

    /** {@return a record of what is to come again, at once or later} */
    ProducerRecord<byte[], byte[]> of(ShareDelivery delivery, Release release) {
        Counters counters = new Counters(
                delivery.deliveries(), delivery.crashes(), release.attempts(), release.firstFailedAtMillis());
        if (release.delay().isZero()) {
            return of(delivery, counters);
        }
        long now = clients.config().time().currentTimeMillis();
        long due = now + release.delay().plusNanos(999_999).toMillis();
        return DelayLine.record(
                layout,
                delivery.record().key(),
                delivery.record().value(),
                headers(delivery, counters),
                due < 0 ? Long.MAX_VALUE : due,
                now);
    }

    /** {@return a record for the same topic} */
    ProducerRecord<byte[], byte[]> of(ShareDelivery delivery, Counters counters) {
        return new ProducerRecord<>(
                layout.topic(), null, delivery.record().key(), delivery.record().value(), headers(delivery, counters));
    }

    private Headers headers(ShareDelivery delivery, Counters counters) {
        Headers headers = Codec.copy(delivery.record(), delivery.message());
        counters.to(headers);
        Codec.only(headers, layout.only());
        return headers;
    }
}
