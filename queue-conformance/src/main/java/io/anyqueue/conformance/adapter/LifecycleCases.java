package io.anyqueue.conformance.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.ErrorCode;
import io.anyqueue.Health;
import io.anyqueue.Message;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.Refusal;
import io.anyqueue.conformance.kit.TestReceiver;
import io.anyqueue.conformance.kit.TestSender;
import io.anyqueue.conformance.kit.TestSender.Sending;
import io.anyqueue.conformance.kit.Trial;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Spec;
import io.anyqueue.spi.Topology.Mode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/** Closing, and what is left then (rules LIF-2, ERR-1). */
final class LifecycleCases {
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private LifecycleCases() {}

    static List<Case> all() {
        return List.of(
                Case.of("LIF-2/closed-twice", "Closing twice gives the same stage", LifecycleCases::twice),
                Case.of(
                        "LIF-2/close-closes-all",
                        "Closing the client closes its senders and receivers",
                        LifecycleCases::closesAll),
                Case.of(
                        "LIF-2/closed-by-a-callback",
                        "Callbacks may close receiver, sender and client",
                        LifecycleCases::byCallback),
                Case.of(
                        "LIF-2/closed-while-used",
                        "Closing while other threads send and settle ends, and so do they",
                        LifecycleCases::whileUsed),
                Case.of(
                        "LIF-2/no-thread-left",
                        "Clients that come and go leave no thread behind",
                        LifecycleCases::noThreadLeft));
    }

    private static void twice(Trial trial) {
        Spec queue = trial.queue();
        Broker client = trial.anotherClient();
        TestReceiver receiver = trial.receiver(client, queue);
        CompletionStage<Void> closing = receiver.raw().close(LIMIT);
        assertThat(receiver.raw().close(Duration.ZERO))
                .as("the receiver's stage")
                .isSameAs(closing);
        trial.await("close a receiver", closing);
        TestSender sender = trial.sender(client, queue);
        CompletionStage<Void> sent = sender.raw().close(LIMIT);
        assertThat(sender.raw().close(Duration.ZERO)).as("the sender's stage").isSameAs(sent);
        trial.await("close a sender", sent);
        CompletionStage<Void> all = client.close(LIMIT);
        assertThat(client.close(Duration.ZERO)).as("the client's stage").isSameAs(all);
        trial.await("close a client", all);
    }

    private static void closesAll(Trial trial) {
        Spec queue = trial.queue();
        Broker client = trial.anotherClient();
        TestSender sender = trial.sender(client, queue);
        TestReceiver receiver = trial.receiver(client, queue);
        Message message = trial.message();
        sender.confirm(message);
        receiver.acked(receiver.one(message));
        trial.await("close a client", client.close(LIMIT));

        OrderCases.refused(sender.send(List.of(trial.message())).get(0), ErrorCode.CLOSED);
        trial.sender(queue).confirm(trial.message());
        receiver.nothing(Trial.SILENCE);
        refused(trial, client, queue);
        assertThat(client.health().status()).as("the health of a closed client").isEqualTo(Health.Status.DOWN);
        assertThat(client.capabilities(queue)).isEqualTo(trial.capabilities(queue));
        // The other client does not notice.
        TestReceiver other = trial.receiver(queue);
        other.acked(other.take(1));
    }

    private static void refused(Trial trial, Broker client, Spec queue) {
        Refusal.of(trial, "a sender of a closed client", ErrorCode.CLOSED, () -> client.sender(queue));
        Refusal.of(trial, "a receiver of a closed client", ErrorCode.CLOSED, () -> trial.closedReceiver(client, queue));
        Refusal.of(
                trial,
                "declare on a closed client",
                ErrorCode.CLOSED,
                () -> client.topology().declare(List.of(queue), Mode.CREATE));
        Refusal.of(
                trial,
                "describe on a closed client",
                ErrorCode.CLOSED,
                () -> client.topology().describe(queue));
    }

    private static void byCallback(Trial trial) {
        Spec queue = trial.queue();
        Broker client = trial.anotherClient();
        TestReceiver receiver = trial.closedReceiver(client, queue);
        CompletableFuture<Void> receiverClosed = new CompletableFuture<>();
        receiver.listener().onReadable(() -> chain(receiver.raw().close(LIMIT), receiverClosed));
        receiver.window(10);
        List<Message> messages = trial.messages(3);
        trial.sender(queue).confirm(messages);
        trial.await("close the receiver from readable()", receiverClosed);

        TestSender sender = trial.sender(client, queue);
        CompletableFuture<Void> senderClosed = new CompletableFuture<>();
        Sending sending = sender.start(
                        List.of(trial.message()), () -> chain(sender.raw().close(LIMIT), senderClosed))
                .get(0);
        trial.await("close the sender from a result", senderClosed);
        assertThat(sending.isConfirmed())
                .as("the send whose result closes its sender")
                .isTrue();

        TestReceiver other = trial.closedReceiver(client, queue);
        CompletableFuture<Void> clientClosed = new CompletableFuture<>();
        other.listener().onReadable(() -> chain(client.close(LIMIT), clientClosed));
        other.window(10);
        trial.await("close the client from readable()", clientClosed);

        TestReceiver last = trial.receiver(queue);
        last.acked(last.take(4));
    }

    private static void chain(CompletionStage<Void> stage, CompletableFuture<Void> to) {
        var unused = stage.whenComplete((done, failure) -> {
            if (failure == null) {
                to.complete(null);
            } else {
                to.completeExceptionally(failure);
            }
        });
    }

    private static void whileUsed(Trial trial) throws InterruptedException {
        Spec queue = trial.queue();
        Broker client = trial.anotherClient();
        TestSender sender = trial.sender(client, queue);
        TestReceiver receiver = trial.receiver(client, queue);
        List<Sending> sendings = new ArrayList<>();
        AtomicBoolean stop = new AtomicBoolean();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        List<Thread> threads = List.of(
                new Thread(() -> {
                    for (int i = 0; i < 2_000 && !stop.get(); i++) {
                        sendings.addAll(sender.start(List.of(trial.message())));
                    }
                }),
                new Thread(() -> {
                    while (!stop.get()) {
                        List<Delivery> polled = receiver.poll(10);
                        receiver.raw().ack(polled, Ignoring.INSTANCE);
                    }
                }));
        threads.forEach(thread -> {
            thread.setUncaughtExceptionHandler((which, thrown) -> failure.compareAndSet(null, thrown));
            thread.setDaemon(true);
            thread.start();
        });
        trial.pass(Duration.ofMillis(50));
        trial.await("close a client that is used", client.close(LIMIT));
        stop.set(true);
        for (Thread thread : threads) {
            thread.join(Trial.SIGNAL.toMillis());
            assertThat(thread.isAlive())
                    .as("a thread that used the closed client still waits in it")
                    .isFalse();
        }
        assertThat(failure.get())
                .as("what a thread that used the closed client died of")
                .isNull();
        trial.eventually(
                () -> "each send has a result, without one are "
                        + sendings.stream().filter(sending -> !sending.isDone()).count(),
                Trial.SIGNAL,
                () -> sendings.stream().allMatch(Sending::isDone));
        assertThat(sendings)
                .as("sends with more than one result")
                .noneMatch(sending -> sending.answers().size() > 1);
    }

    /** Counts the threads that were started by this case's own, or by one that was: they are in the same group. */
    private static void noThreadLeft(Trial trial) throws InterruptedException {
        Spec queue = trial.queue();
        ThreadGroup group = new ThreadGroup("clients of " + queue.endpoint().name());
        int rounds = 5;
        // What a client library starts once and keeps is no leak.
        rounds(trial, group, queue, 2);
        int before = count(group);
        rounds(trial, group, queue, rounds);
        trial.eventually(
                () -> "no thread is left of each of " + rounds + " clients; there were " + before
                        + ", and now there are " + names(group),
                Trial.SIGNAL,
                () -> count(group) < before + rounds);
    }

    private static void rounds(Trial trial, ThreadGroup group, Spec queue, int rounds) throws InterruptedException {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread thread = new Thread(
                group,
                () -> {
                    for (int i = 0; i < rounds; i++) {
                        Broker client = trial.anotherClient();
                        Message message = trial.message();
                        trial.sender(client, queue).confirm(message);
                        TestReceiver receiver = trial.receiver(client, queue);
                        receiver.acked(receiver.one(message));
                        trial.await("close a client", client.close(LIMIT));
                    }
                },
                "conformance-rounds");
        thread.setUncaughtExceptionHandler((which, thrown) -> failure.set(thrown));
        thread.start();
        thread.join();
        if (failure.get() != null) {
            throw new AssertionError("a client failed", failure.get());
        }
    }

    private static List<String> names(ThreadGroup group) {
        Thread[] threads = new Thread[group.activeCount() + 50];
        int count = group.enumerate(threads, true);
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            if (!threads[i].getName().startsWith("conformance-")) {
                names.add(threads[i].getName());
            }
        }
        return names;
    }

    private static int count(ThreadGroup group) {
        return names(group).size();
    }
}
