package io.anyqueue.core.consume;

import io.anyqueue.core.pipeline.Job;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The shards that are being handed over, of which nothing more is started. Written by the adapter's threads and the
 * scheduler, read by workers; while there are none that costs one volatile read.
 */
final class Revocations {
    private final Map<Object, Long> epochs = new ConcurrentHashMap<>();
    private volatile boolean any;

    synchronized void began(Object shard, long epoch) {
        epochs.merge(shard, epoch, Math::max);
        any = true;
    }

    /** What comes of the shard afterwards has another epoch, or the adapter would have to answer for it. */
    synchronized void over(Object shard, long epoch) {
        epochs.computeIfPresent(shard, (key, latest) -> latest <= epoch ? null : latest);
        any = !epochs.isEmpty();
    }

    /** {@return whether the job must not be started} */
    boolean cover(Job job) {
        if (!any) {
            return false;
        }
        Long epoch = epochs.get(job.delivery().shard());
        return epoch != null && job.delivery().epoch() <= epoch;
    }
}
