package io.anyqueue.spi.support;

import io.anyqueue.StartAt;
import io.anyqueue.spi.BrokerConfig;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.ReceiverListener;
import io.anyqueue.spi.ReceiverOptions;
import io.anyqueue.spi.Spec;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Fetches what the test puts into {@link #answers}. */
final class FakeReceiver extends BlockingReceiver {
    final BlockingQueue<Callable<List<Delivery>>> answers = new LinkedBlockingQueue<>();
    final List<Integer> asked = new CopyOnWriteArrayList<>();
    final List<String> givenBack = new CopyOnWriteArrayList<>();
    final List<String> extended = new CopyOnWriteArrayList<>();
    final List<Duration> disconnected = new CopyOnWriteArrayList<>();
    final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    final AtomicInteger fetches = new AtomicInteger();
    volatile RuntimeException giveBackFails;
    volatile boolean leasesLost;

    FakeReceiver(BrokerConfig config, ReceiverListener listener) {
        super(
                config,
                Spec.of(Endpoint.queue("q")).withLease(Duration.ofSeconds(30)),
                new ReceiverOptions("orders", StartAt.now()),
                listener);
    }

    @Override
    protected List<? extends Delivery> fetch(int max, long maxBytes, Duration wait) throws Exception {
        threads.add(Thread.currentThread());
        asked.add(max);
        Callable<List<Delivery>> answer = answers.poll(Math.min(wait.toMillis(), 20), TimeUnit.MILLISECONDS);
        fetches.incrementAndGet();
        return answer == null ? List.of() : answer.call();
    }

    @Override
    protected void giveBack(List<? extends Delivery> deliveries) {
        threads.add(Thread.currentThread());
        if (giveBackFails != null) {
            throw giveBackFails;
        }
        deliveries.forEach(delivery -> givenBack.add(delivery.message().id()));
    }

    @Override
    protected void disconnect(Duration limit) {
        threads.add(Thread.currentThread());
        disconnected.add(limit);
    }

    @Override
    public void extend(List<? extends Delivery> deliveries, Results results) {
        for (Delivery delivery : deliveries) {
            extended.add(delivery.message().id());
            if (leasesLost) {
                results.stale(delivery);
            } else {
                results.done(delivery);
            }
        }
    }

    @Override
    public void ack(List<? extends Delivery> deliveries, Results results) {
        deliveries.forEach(results::done);
    }

    @Override
    public void release(List<Release> batch, Results results) {
        batch.forEach(release -> results.done(release.delivery()));
    }

    @Override
    public CompletionStage<Void> flush() {
        return CompletableFuture.completedFuture(null);
    }
}
