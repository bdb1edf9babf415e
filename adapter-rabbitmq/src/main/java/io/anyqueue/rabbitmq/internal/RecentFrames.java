package io.anyqueue.rabbitmq.internal;

import java.util.concurrent.TimeUnit;

/** Whether many settlements were written in the last seconds. One thread adds, any asks. */
final class RecentFrames {
    /** Half of what a server's channel lets be on its way. */
    private static final int MANY = 16;

    /** A queue on a slow disk takes a while. */
    private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final long SPAN_NANOS = TimeUnit.SECONDS.toNanos(2);

    private long spanBegan = System.nanoTime();
    private int before;
    private int now;
    private volatile boolean were;
    private volatile long lastMany;

    void add(int frames) {
        long time = System.nanoTime();
        if (time - spanBegan > SPAN_NANOS) {
            before = time - spanBegan > 2 * SPAN_NANOS ? 0 : now;
            now = 0;
            spanBegan = time;
        }
        now += frames;
        if (before + now >= MANY) {
            lastMany = time;
            were = true;
        }
    }

    boolean areMany() {
        return were && System.nanoTime() - lastMany < KEPT_NANOS;
    }
}
