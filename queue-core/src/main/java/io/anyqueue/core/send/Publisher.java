package io.anyqueue.core.send;

import io.anyqueue.ErrorCode;
import io.anyqueue.Message;
import io.anyqueue.QueueException;
import io.anyqueue.core.config.SendSettings;
import io.anyqueue.core.metrics.SendMetrics;
import io.anyqueue.core.threads.Threads;
import io.anyqueue.spi.Sender;
import io.anyqueue.spi.Spec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Sends stamped messages to one destination: gate, order per key, batches, sends again. Safe for use by any thread; results
 * come from the adapter's.
 */
public final class Publisher implements Sender.Results {
    private final Spec spec;
    private final String destination;
    private final Sender sender;
    private final SendGate gate;
    private final SendMetrics metrics;
    private final Batcher batcher;
    private final Resender resender;
    private final @Nullable KeyOrder keyOrder;
    private final Completions completions;
    private final Duration patience;
    private final Threads threads;
    /** The users' futures that are not complete: most are before they are given away, and never come here. */
    private final Set<PendingMessage> open = ConcurrentHashMap.newKeySet();

    private volatile boolean closed;

    /** Takes over the sender. */
    public Publisher(
            Spec spec, Sender sender, SendGate gate, SendSettings settings, SendMetrics metrics, Threads threads) {
        this.spec = spec;
        this.destination = spec.endpoint().name();
        this.sender = sender;
        this.gate = gate;
        this.metrics = metrics;
        this.batcher = new Batcher(sender, this);
        this.resender = new Resender(settings, threads, batcher::submit);
        this.keyOrder = spec.ordered() ? new KeyOrder(batcher::submit) : null;
        this.completions = new Completions(threads.executor());
        this.threads = threads;
        this.patience = Resender.LIMIT.plus(settings.maxWait()).plusSeconds(30);
    }

    public Spec spec() {
        return spec;
    }

    /** Sends and waits for the confirmation. */
    public String send(Message message) {
        return submit(message, true).await(threads, patience, destination);
    }

    /** Sends; every failure is in the future. */
    public CompletableFuture<String> sendAsync(Message message) {
        try {
            PendingMessage sent = submit(message, false);
            sent.giveAway();
            if (!sent.isDone()) {
                open.add(sent);
                forgetIfDone(sent);
            }
            return sent;
        } catch (QueueException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Sends many; the failure of one is in its future. */
    public List<CompletableFuture<String>> sendAll(List<Message> messages) {
        List<CompletableFuture<String>> futures = new ArrayList<>(messages.size());
        List<PendingMessage> batch = new ArrayList<>();
        for (Message message : messages) {
            try {
                PendingMessage pending = pending(message, false);
                if (!gate.tryEnter(pending.size)) {
                    submit(batch);
                    batch.forEach(PendingMessage::giveAway);
                    batch = new ArrayList<>();
                    enter(pending);
                }
                batch.add(pending);
                futures.add(pending);
            } catch (QueueException e) {
                futures.add(CompletableFuture.failedFuture(e));
            }
        }
        submit(batch);
        batch.forEach(PendingMessage::giveAway);
        return futures;
    }

    /** Waits for the result of a send that was made before. */
    public String await(CompletableFuture<String> sent) {
        return sent instanceof PendingMessage pending ? pending.await(threads, patience, destination) : joined(sent);
    }

    private static String joined(CompletableFuture<String> failed) {
        try {
            return failed.join();
        } catch (java.util.concurrent.CompletionException e) {
            throw Failures.of(e);
        }
    }

    private PendingMessage submit(Message message, boolean awaited) {
        PendingMessage pending = pending(message, awaited);
        if (!gate.tryEnter(pending.size)) {
            enter(pending);
        }
        if (keyOrder == null) {
            batcher.submit(pending);
        } else {
            keyOrder.submit(pending);
        }
        return pending;
    }

    private void submit(List<PendingMessage> batch) {
        if (keyOrder != null) {
            batch.forEach(keyOrder::submit);
        } else if (!batch.isEmpty()) {
            batcher.submit(batch);
        }
    }

    private PendingMessage pending(Message message, boolean awaited) {
        if (closed) {
            throw new QueueException(ErrorCode.CLOSED, "the client is closed, nothing was sent to " + destination);
        }
        return new PendingMessage(message, message.size(), awaited);
    }

    private void enter(PendingMessage pending) {
        metrics.gateWaits.increment();
        gate.enter(pending.size, destination);
    }

    @Override
    public void confirmed(Sender.PendingSend send) {
        PendingMessage message = (PendingMessage) send;
        if (message.takeResult()) {
            metrics.confirmed.increment();
            finish(message);
            complete(message, null);
        }
    }

    @Override
    public void rejected(Sender.PendingSend send, QueueException why) {
        PendingMessage message = (PendingMessage) send;
        if (message.takeResult()) {
            again(message, why, why.retryable());
        }
    }

    @Override
    public void unknown(Sender.PendingSend send, QueueException why) {
        PendingMessage message = (PendingMessage) send;
        if (message.takeResult()) {
            message.maybeStored = true;
            again(message, why, true);
        }
    }

    private void again(PendingMessage message, QueueException why, boolean worthwhile) {
        if (worthwhile && resender.resend(message, why)) {
            metrics.resent.increment();
        } else {
            failForGood(message, why);
        }
    }

    /** It may have been about to be handed over again, and nobody else is to take a result for it. */
    private void failForGood(PendingMessage message, QueueException why) {
        message.takeResult();
        fail(message, why);
    }

    /** A blocking send has no callbacks and is completed at once; the others are the user's, and hop. */
    private void complete(PendingMessage message, @Nullable QueueException failure) {
        if (message.isWithoutCallbacks()) {
            message.end(failure);
        } else {
            completions.add(() -> {
                message.end(failure);
                open.remove(message);
            });
        }
    }

    /** It may have been completed, and looked for, before it was added. */
    private void forgetIfDone(PendingMessage sent) {
        if (sent.isDone()) {
            open.remove(sent);
        }
    }

    /** What may be stored stays so, whatever a later try was answered. */
    private void fail(PendingMessage message, QueueException why) {
        (message.maybeStored ? metrics.unconfirmed : metrics.rejected).increment();
        finish(message);
        complete(
                message,
                message.maybeStored
                        ? new QueueException(
                                ErrorCode.UNCONFIRMED,
                                "message " + message.message().id() + " to " + destination
                                        + " may be stored, but was not" + " confirmed: " + why.getMessage(),
                                why)
                        : why);
    }

    private void finish(PendingMessage message) {
        gate.leave(message.size);
        if (keyOrder != null) {
            keyOrder.finished(message);
        }
    }

    /** {@return completes when every future that users have is complete; their callbacks may still run} */
    public CompletionStage<Void> allComplete() {
        return CompletableFuture.allOf(
                open.stream().map(sent -> sent.handle((id, failure) -> id)).toArray(CompletableFuture<?>[]::new));
    }

    /** Fails what the adapter gave no result for though its sender is closed (rule SND-8). */
    public void abandon() {
        QueueException why =
                new QueueException(ErrorCode.TIMEOUT, "the client was closed before " + destination + " gave a result");
        for (PendingMessage message : open) {
            if (message.takeResult()) {
                message.maybeStored = true;
                fail(message, why);
            }
        }
    }

    /** Completes the futures whose task the executor has not run. May run users' callbacks. */
    public void completeRest() {
        completions.completeRest();
    }

    /** Refuses new sends, flushes what was accepted, and fails the rest (rule SND-8). */
    public CompletionStage<Void> close(Duration limit) {
        closed = true;
        resender.close(message -> failForGood(
                message,
                new QueueException(ErrorCode.CLOSED, "the client was closed before " + destination + " confirmed")));
        return sender.close(limit);
    }
}
