package io.anyqueue.kafka.internal;

import io.anyqueue.kafka.internal.ShareDelivery.State;
import io.anyqueue.kafka.internal.ShareNotes.Note;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Renews the locks of what a lane holds, ends leases, and gives back what a pause does not keep (rule RCV-3). The lane's thread's only. */
final class ShareKeeping {
    private static final Logger LOG = LoggerFactory.getLogger(ShareKeeping.class);
    private static final Duration POLL = Duration.ofMillis(50);
    /** So exactly leases end that their holders do not prolong. */
    static final long TICK_MILLIS = 50;

    /** A window that is closed for so short is no pause, and each record that goes back counts as one delivery. */
    private static final long GIVE_BACK_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

    private static final long RENEWED_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long SHORTEST_LIMIT_MILLIS = 2_000;

    private final ShareLane lane;
    private final ShareReceiver receiver;
    private final Clients clients;
    private final ShareHeld held;
    private final ShareSettling settling;
    private long lockNanos = TimeUnit.SECONDS.toNanos(1);
    private long renewNanos;
    private long closedSinceNanos;
    private long tickNanos;
    private boolean fetching;

    ShareKeeping(ShareLane lane, ShareReceiver receiver, ShareHeld held, String name) {
        this.lane = lane;
        this.receiver = receiver;
        this.clients = receiver.clients();
        this.held = held;
        this.settling = new ShareSettling(name, held, this::commitLimit);
    }

    ShareSettling settling() {
        return settling;
    }

    /** The brokers lock for so long from now on. */
    void lockMillis(int millis) {
        lockNanos = TimeUnit.MILLISECONDS.toNanos(millis);
    }

    /** Locks began at that time at the latest. */
    void locked(long sinceNanos) {
        renewNanos = sinceNanos + lockNanos / 3;
    }

    /**
     * Does what it is time for.
     *
     * @return what was locked newly meanwhile
     */
    List<ConsumerRecord<byte[], byte[]>> keep(ShareConsumer<byte[], byte[]> client) {
        long now = clients.config().time().nanoTime();
        if (!receiver.windowSize().isClosed()) {
            closedSinceNanos = now;
            int surplus = receiver.surplus();
            if (surplus > 0) {
                var unused = release(client, receiver.buffer().takeBack(lane, surplus));
            }
        } else if (now - closedSinceNanos >= GIVE_BACK_NANOS) {
            var unused = release(client, receiver.buffer().takeBack(lane, Integer.MAX_VALUE));
        }
        if (now - tickNanos >= 0) {
            tickNanos = now + TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS);
            release(client, held.those(delivery -> delivery.isExpired(now))).forEach(held::tellLost);
        }
        return !held.isEmpty() && now - renewNanos >= 0 ? renew(client) : List.of();
    }

    /** {@return whether a poll found nothing since this was asked last, so that the client library fetches in the background} */
    boolean wasFetching() {
        boolean was = fetching;
        fetching = false;
        return was;
    }

    /** {@return those that nobody settled before} */
    private List<ShareDelivery> release(ShareConsumer<byte[], byte[]> client, List<ShareDelivery> open) {
        List<ShareDelivery> claimed = open.stream()
                .filter(delivery -> delivery.leave(State.OPEN, State.CLAIMED))
                .toList();
        settling.settle(client, claimed.stream().map(Note::release).toList());
        return claimed;
    }

    /** The client library takes all that is renewed away, and hands it out once more. */
    private List<ConsumerRecord<byte[], byte[]>> renew(ShareConsumer<byte[], byte[]> client) {
        long began = clients.config().time().nanoTime();
        for (ShareDelivery delivery : held.all()) {
            client.acknowledge(delivery.record(), AcknowledgeType.RENEW);
        }
        Set<TopicPartition> fine = new HashSet<>();
        client.commitSync(commitLimit()).forEach((partition, why) -> {
            if (why.isEmpty()) {
                fine.add(partition.topicPartition());
            } else {
                LOG.debug("the locks in {} are lost", partition, why.get());
            }
        });
        held.lose(delivery -> !fine.contains(ShareHeld.partition(delivery.record())));
        Set<ShareDelivery> back = new HashSet<>();
        List<ConsumerRecord<byte[], byte[]>> more = new ArrayList<>();
        long until = System.nanoTime() + RENEWED_LIMIT_NANOS;
        while (back.isEmpty() && !held.isEmpty() && System.nanoTime() - until < 0) {
            ConsumerRecords<byte[], byte[]> polled = client.poll(POLL);
            fetching |= polled.isEmpty();
            for (ConsumerRecord<byte[], byte[]> record : polled) {
                ShareDelivery known = held.find(record);
                if (known == null) {
                    more.add(record);
                } else {
                    back.add(known);
                }
            }
        }
        held.lose(delivery -> !back.contains(delivery));
        locked(began);
        return more;
    }

    private Duration commitLimit() {
        long third = TimeUnit.NANOSECONDS.toMillis(lockNanos) / 3;
        long most = Math.min(clients.settings().connectTimeout().toMillis(), third);
        return Duration.ofMillis(Math.max(SHORTEST_LIMIT_MILLIS, most));
    }
}
