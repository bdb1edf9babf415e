package io.anyqueue.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.anyqueue.MessageQueue;
import io.anyqueue.QueueClient;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Sends numbers, some hundred a second and so fewer than are handled, until the end. Used by one thread. */
final class Load implements AutoCloseable {
    private static final Duration SOON = Duration.ofMinutes(3);
    private static final long PAUSE_NANOS = Duration.ofMillis(3).toNanos();

    /** A test that gets nowhere ends. */
    private static final int MOST_MESSAGES = 50_000;

    private final QueueClient client;
    private final MessageQueue<String> queue;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final AtomicInteger confirmed = new AtomicInteger();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final Thread thread = new Thread(this::send, "load");
    private int sent;

    /**
     * Creates the queue that it sends to, and the one to which what follows is sent.
     *
     * @param url has settings
     */
    Load(String url, String in, String out) {
        // Nothing is ever unconfirmed, and sent again: that would be another message with the same number.
        client = QueueClient.connect(url + "&confirm-timeout=PT5M");
        queue = client.queue(in, String.class);
        client.queue(out, String.class);
        thread.start();
    }

    private void send() {
        while (!ended.get() && sent < MOST_MESSAGES) {
            LockSupport.parkNanos(PAUSE_NANOS);
            var unused = queue.sendAsync(Integer.toString(sent)).whenComplete((id, failure) -> {
                if (failure == null) {
                    confirmed.incrementAndGet();
                } else {
                    failures.add(failure);
                }
            });
            sent++;
        }
    }

    /** {@return how many were sent, from 0 on, and are confirmed} */
    int end() throws Exception {
        ended.set(true);
        thread.join();
        await().atMost(SOON).until(() -> confirmed.get() + failures.size() == sent);
        assertThat(failures).isEmpty();
        return sent;
    }

    @Override
    public void close() {
        ended.set(true);
        client.close();
    }
}
