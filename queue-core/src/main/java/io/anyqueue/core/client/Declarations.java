package io.anyqueue.core.client;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.core.config.Settings;
import io.anyqueue.core.send.Failures;
import io.anyqueue.core.threads.Threads;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.Spec;
import io.anyqueue.spi.Topology;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Declares on the broker and waits for it, as long as {@code anyqueue.start} says when the broker is away. */
final class Declarations {
    private static final Logger LOG = LoggerFactory.getLogger(Declarations.class);
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration RETRY = Duration.ofMillis(500);

    private final Broker broker;
    private final Topology.Mode mode;
    private final boolean failAtOnce;
    private final Threads threads;

    Declarations(Broker broker, Settings settings, Threads threads) {
        this.broker = broker;
        this.mode = settings.topology();
        this.failAtOnce = settings.failAtStart();
        this.threads = threads;
    }

    void declare(List<Spec> specs) {
        String names = specs.stream().map(spec -> spec.endpoint().name()).collect(Collectors.joining(", "));
        long deadline = threads.time().nanoTime() + LIMIT.toNanos();
        long pauses = LIMIT.dividedBy(RETRY);
        while (true) {
            try {
                await(threads, broker.topology().declare(specs, mode), "declare " + names);
                LOG.info("declared {} ({})", names, mode);
                return;
            } catch (QueueException e) {
                boolean worthWaiting = e.code() == ErrorCode.UNAVAILABLE && !failAtOnce;
                if (!worthWaiting || pauses-- == 0 || threads.time().nanoTime() - deadline >= 0) {
                    throw e;
                }
                LOG.warn("cannot declare {} yet: {}", names, e.getMessage());
                pause(names);
            }
        }
    }

    private void pause(String names) {
        try {
            threads.pause(RETRY);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new QueueException(ErrorCode.INTERRUPTED, "interrupted while declaring " + names, e);
        }
    }

    /** Waits for a stage of the topology. */
    static <V> V await(Threads threads, CompletionStage<V> stage, String what) {
        try {
            return threads.await(stage, LIMIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new QueueException(ErrorCode.INTERRUPTED, "interrupted while waiting to " + what, e);
        } catch (ExecutionException e) {
            throw Failures.of(e);
        } catch (TimeoutException e) {
            throw new QueueException(ErrorCode.TIMEOUT, "the broker did not " + what + " within " + LIMIT, e);
        }
    }
}
