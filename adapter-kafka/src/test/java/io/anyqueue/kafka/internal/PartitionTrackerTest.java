package io.anyqueue.kafka.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.spi.Endpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PartitionTrackerTest {
    private static final TopicPartition PARTITION = new TopicPartition("orders", 3);

    private PartitionTracker tracker = tracker(Ledger.unknown(0));

    private static PartitionTracker tracker(Ledger ledger) {
        return new PartitionTracker("owner", Endpoint.queue("orders"), PARTITION, ledger);
    }

    private static ConsumerRecord<byte[], byte[]> record(long offset) {
        return new ConsumerRecord<>(
                "orders",
                3,
                offset,
                0,
                TimestampType.CREATE_TIME,
                0,
                1,
                null,
                new byte[] {1},
                new RecordHeaders(),
                Optional.empty());
    }

    /** {@return what is handed out of an offset; null if it was settled before} */
    private @Nullable KafkaDelivery take(long offset) {
        ConsumerRecord<byte[], byte[]> record = record(offset);
        Slot slot = tracker.add(record);
        if (slot == null) {
            return null;
        }
        KafkaDelivery delivery = tracker.deliver(slot, record);
        delivery.polled(true);
        return delivery;
    }

    private boolean ack(KafkaDelivery delivery) {
        boolean[] done = new boolean[1];
        tracker.ack(List.of(delivery), 0, done);
        return done[0];
    }

    private void next(boolean open) {
        OffsetAndMetadata committed = tracker.snapshot(open).offset();
        tracker = tracker(Ledger.decode(committed.offset(), committed.metadata()));
    }

    @Test
    void neverPassesWhatIsNotSettled() {
        List<KafkaDelivery> all = new ArrayList<>();
        for (long offset = 0; offset < 10; offset++) {
            all.add(take(offset));
        }
        for (int i = 9; i > 0; i--) {
            assertThat(ack(all.get(i))).isTrue();
            assertThat(tracker.snapshot(true).offset().offset()).isZero();
        }
        assertThat(tracker.span()).isEqualTo(10);
        assertThat(ack(all.get(0))).isTrue();
        assertThat(tracker.snapshot(true).offset().offset()).isEqualTo(10);
        assertThat(tracker.span()).isZero();
    }

    @Test
    void doesNotEndWhileSomethingIsOnItsWayElsewhere() {
        assertThat(tracker.copying()).isTrue();
        assertThat(tracker.endUnlessCopying()).isFalse();
        assertThat(tracker.isAlive()).isTrue();
        tracker.copied();
        assertThat(tracker.endUnlessCopying()).isTrue();
        assertThat(tracker.isAlive()).isFalse();
    }

    @Test
    void copiesNothingAfterItsEnd() {
        assertThat(tracker.endUnlessCopying()).isTrue();
        assertThat(tracker.copying()).isFalse();
        assertThat(tracker.endUnlessCopying()).isTrue();
    }

    @Test
    void settlesOnceOnly() {
        KafkaDelivery delivery = take(0);
        assertThat(ack(delivery)).isTrue();
        assertThat(ack(delivery)).isFalse();
        assertThat(tracker.release(delivery, 1, 1)).isNull();
    }

    @Test
    void aReleasedDeliveryIsWorthNothingAndTheNextOneCountsOn() {
        KafkaDelivery first = take(0);
        KafkaDelivery second = tracker.release(first, 2, 77);
        assertThat(ack(first)).isFalse();
        assertThat(second.deliveries()).isEqualTo(2);
        assertThat(second.attempts()).isEqualTo(2);
        assertThat(second.firstFailedAtMillis()).isEqualTo(77);
        assertThat(ack(second)).isTrue();
    }

    @Test
    void nothingIsSettledAfterTheEnd() {
        KafkaDelivery delivery = take(0);
        tracker.end();
        assertThat(ack(delivery)).isFalse();
        assertThat(tracker.isOpen(delivery)).isFalse();
        assertThat(tracker.snapshot(false).offset().offset()).isZero();
    }

    @Test
    void aCrashCountsADeliveryAndACrash() {
        take(0);
        next(true);
        KafkaDelivery again = take(0);
        assertThat(again.deliveries()).isEqualTo(2);
        assertThat(again.crashes()).isEqualTo(1);
        assertThat(again.epoch()).isEqualTo(2);
    }

    @Test
    void aCloseCountsWhatWasPolledAndNothingElse() {
        take(0);
        take(1).polled(false);
        next(false);
        assertThat(take(0).deliveries()).isEqualTo(2);
        KafkaDelivery unpolled = take(1);
        assertThat(unpolled.deliveries()).isEqualTo(1);
        assertThat(unpolled.crashes()).isZero();
    }

    @Test
    void whatWasKnownOfRecordsThatWereNotReadAgainIsKept() {
        for (long offset = 0; offset < 5; offset++) {
            take(offset);
        }
        next(true);
        ack(take(0));
        next(false);
        assertThat(take(1).crashes()).isEqualTo(1);
        next(true);
        assertThat(take(1).crashes()).isEqualTo(2);
        assertThat(take(2).crashes()).isEqualTo(1);
    }

    @Test
    void aWaitingRecordWasNotOut() {
        tracker.add(record(0)).waiting = true;
        next(true);
        assertThat(take(0).deliveries()).isEqualTo(1);
    }

    @Test
    void aClaimedDeliveryCanBeSettledOrGivenBack() {
        KafkaDelivery delivery = take(0);
        assertThat(tracker.claim(delivery)).isTrue();
        assertThat(ack(delivery)).isFalse();
        tracker.unclaim(delivery);
        assertThat(tracker.claim(delivery)).isTrue();
        assertThat(tracker.settleWaiting(delivery.slot())).isTrue();
        assertThat(tracker.snapshot(true).offset().offset()).isEqualTo(1);
    }

    /** Whatever is settled, closed and crashed in whatever order: what is settled does not come again, and all else does. */
    @Test
    void keepsCountOfEverySingleRecord() {
        for (int seed = 0; seed < 200; seed++) {
            keepsCount(new Random(seed));
        }
    }

    private void keepsCount(Random random) {
        tracker = tracker(Ledger.unknown(0));
        TreeSet<Long> settled = new TreeSet<>();
        for (int session = 0; session < 6; session++) {
            long from = tracker.snapshot(true).offset().offset();
            TreeMap<Long, KafkaDelivery> held = new TreeMap<>();
            int count = random.nextInt(60);
            for (long offset = from; offset < from + count; offset++) {
                if (offset % 7 == 6) {
                    continue; // As after compaction.
                }
                KafkaDelivery delivery = take(offset);
                assertThat(delivery == null).isEqualTo(settled.contains(offset));
                if (delivery != null) {
                    held.put(offset, delivery);
                }
            }
            for (KafkaDelivery delivery : held.values()) {
                if (random.nextInt(3) > 0) {
                    assertThat(ack(delivery)).isTrue();
                    settled.add(delivery.record().offset());
                }
            }
            next(random.nextBoolean());
        }
    }

    /** A commit that settles something by itself shows it as settled, and if it fails it was not. */
    @Test
    void whatMovesIsSettledByItsCommitAlone() {
        KafkaDelivery first = take(0);
        KafkaDelivery second = take(1);
        assertThat(tracker.claim(first)).isTrue();
        assertThat(tracker.claim(first)).as("a second time").isFalse();
        assertThat(tracker.snapshot(true).offset().offset()).isZero();
        assertThat(tracker.moving(first.slot())).isTrue();
        OffsetAndMetadata withIt = tracker.snapshot(true).offset();
        assertThat(withIt.offset()).isEqualTo(1);
        assertThat(Ledger.reach(withIt)).isEqualTo(2);
        tracker.moved(first.slot(), false);
        assertThat(tracker.snapshot(true).offset().offset()).isZero();
        tracker.unclaim(first);
        assertThat(tracker.isOpen(first)).as("its holder's again").isTrue();
        assertThat(tracker.claim(first)).isTrue();
        assertThat(tracker.moving(first.slot())).isTrue();
        tracker.moved(first.slot(), true);
        assertThat(tracker.moving(first.slot())).as("settled").isFalse();
        assertThat(tracker.snapshot(true).offset().offset()).isEqualTo(1);
        assertThat(ack(second)).isTrue();
        assertThat(tracker.snapshot(true).offset().offset()).isEqualTo(2);
        KafkaDelivery third = take(2);
        tracker.end();
        assertThat(tracker.moving(third.slot())).as("somebody else's").isFalse();
    }
}
