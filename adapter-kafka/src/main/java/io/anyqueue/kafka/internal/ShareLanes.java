package io.anyqueue.kafka.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** How many members a receiver has, and how large ones. Safe for use by any thread. */
final class ShareLanes {
    /** Each costs two threads and a connection, and each can hold something that takes long. */
    private static final int MOST = 8;

    /** A new member has to wait for some heartbeats before it is given anything. */
    private static final int SPARE = 2;

    private static final int MUCH_MORE = 4;

    private final List<ShareLane> lanes = new CopyOnWriteArrayList<>();
    private final Object lock = new Object();
    private final ShareReceiver receiver;
    private final String consumerName;
    private volatile boolean closing;

    ShareLanes(ShareReceiver receiver, String consumerName) {
        this.receiver = receiver;
        this.consumerName = consumerName;
    }

    /** {@return whether these are the first} */
    boolean begin() {
        synchronized (lock) {
            if (closing || !lanes.isEmpty()) {
                return false;
            }
            add();
            add();
            return true;
        }
    }

    /** The window is larger: a member of the new size is on its way before the small ones are replaced. */
    void grow() {
        int wanted = receiver.fetchSize();
        if (lanes.size() >= MOST || !lanes.stream().allMatch(lane -> isSmall(lane, wanted))) {
            return;
        }
        synchronized (lock) {
            if (!closing && lanes.size() < MOST && lanes.stream().allMatch(lane -> isSmall(lane, wanted))) {
                add();
            }
        }
    }

    /** {@return whether its size is known, and much less} */
    private static boolean isSmall(ShareLane lane, int wanted) {
        return lane.size() > 0 && wanted >= MUCH_MORE * lane.size();
    }

    private void add() {
        ShareLane lane = new ShareLane(receiver, consumerName + "-" + lanes.size(), lanes.isEmpty());
        lanes.add(lane);
        lane.begin();
    }

    /** A lane fetches nothing while it holds something, so others have to. */
    void oneHolds() {
        grow();
        if (closing || lanes.size() >= MOST) {
            return;
        }
        synchronized (lock) {
            while (!closing
                    && lanes.size() < MOST
                    && lanes.stream().filter(lane -> !lane.isHolding()).count() < SPARE) {
                add();
            }
        }
    }

    /**
     * {@return whether a lane that takes too little at once is to become a new member} Only while another feeds the receiver, as it takes a
     * member up to some seconds until it is given something; or where there may be no other.
     */
    boolean mayReplace(ShareLane lane) {
        int wanted = receiver.fetchSize();
        if (closing || !isSmall(lane, wanted)) {
            return false;
        }
        boolean first = lanes.size() >= MOST && lanes.get(0) == lane;
        return first || lanes.stream().anyMatch(other -> other != lane && other.isFed() && !isSmall(other, wanted));
    }

    boolean contains(ShareLane lane) {
        return lanes.contains(lane);
    }

    void wake() {
        lanes.forEach(ShareLane::wake);
    }

    CompletableFuture<Void> flush() {
        return CompletableFuture.allOf(lanes.stream().map(ShareLane::flush).toArray(CompletableFuture[]::new));
    }

    Optional<String> note() {
        return lanes.stream().map(ShareLane::note).flatMap(Optional::stream).findFirst();
    }

    /** {@return completes when all have left} No others come. */
    CompletableFuture<Void> close(long byNanos) {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        synchronized (lock) {
            closing = true;
            lanes.forEach(lane -> all.add(lane.close(byNanos)));
        }
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new));
    }
}
