package io.anyqueue.conformance.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.Message;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.TestReceiver;
import io.anyqueue.conformance.kit.TestReceiver.Settled;
import io.anyqueue.conformance.kit.Trial;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Spec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Settling many deliveries: in any order, from any thread, some of them only; each has the result that is its own. */
final class SettleOrderCases {
    private static final int THREADS = 4;

    private SettleOrderCases() {}

    static List<Case> all() {
        return List.of(
                Case.of(
                        "SET-3/random-acks-then-close",
                        "After acks in any order and a close the others come back",
                        SettleOrderCases::thenClose),
                Case.of(
                        "SET-3/random-acks-then-crash",
                        "After acks in any order and a crash the others come back",
                        SettleOrderCases::thenCrash),
                Case.of(
                        "SET-3/last-first",
                        "Acknowledging the last acknowledges none before it",
                        SettleOrderCases::lastFirst),
                Case.of("SET-3/concurrent-acks", "Acks from several threads all count", SettleOrderCases::concurrent),
                Case.of(
                        "SET-3/one-stale-in-a-batch",
                        "A stale delivery of a batch does not harm the others",
                        SettleOrderCases::oneStale),
                Case.of("SET-3/release-some", "Only what is released comes again", SettleOrderCases::releaseSome));
    }

    private static void thenClose(Trial trial) {
        Spec queue = trial.steadyQueue();
        TestReceiver receiver = trial.receiver(queue);
        List<Message> rest = ackHalf(trial, queue, receiver);
        receiver.close();
        exactlyThese(trial, queue, rest, Trial.SIGNAL);
    }

    private static void thenCrash(Trial trial) {
        Spec queue = trial.queue();
        Broker client = trial.anotherClient();
        TestReceiver receiver = trial.receiver(client, queue);
        List<Message> rest = ackHalf(trial, queue, receiver);
        receiver.flush();
        trial.abandon(client, queue, receiver);
        exactlyThese(trial, queue, rest, trial.recovery(queue));
    }

    /** {@return what was not acknowledged} */
    private static List<Message> ackHalf(Trial trial, Spec queue, TestReceiver receiver) {
        List<Message> messages = trial.messages(20);
        trial.sender(queue).confirm(messages);
        List<Delivery> held = new ArrayList<>(receiver.take(messages.size()));
        trial.exactly(messages, held);
        Collections.shuffle(held, trial.random());
        held.subList(0, 4).forEach(receiver::acked);
        receiver.acked(held.subList(4, 10));
        Set<String> rest = Set.copyOf(TestReceiver.ids(held.subList(10, 20)));
        return messages.stream().filter(message -> rest.contains(message.id())).toList();
    }

    private static void exactlyThese(Trial trial, Spec queue, List<Message> rest, Duration limit) {
        TestReceiver next = trial.receiver(trial.anotherClient(), queue);
        List<Delivery> delivered = next.take(rest.size(), limit);
        trial.exactly(rest, delivered);
        next.acked(delivered);
        next.nothing(Trial.SILENCE);
    }

    private static void lastFirst(Trial trial) {
        Spec queue = trial.steadyQueue();
        List<Message> messages = trial.messages(5);
        trial.sender(queue).confirm(messages);
        TestReceiver receiver = trial.receiver(queue);
        List<Delivery> held = receiver.take(5);
        Delivery last = held.get(4);
        receiver.acked(last);
        receiver.flush();
        receiver.close();
        List<Message> others = messages.stream()
                .filter(message -> !message.id().equals(last.message().id()))
                .toList();
        exactlyThese(trial, queue, others, Trial.SIGNAL);
    }

    private static void concurrent(Trial trial) {
        Spec queue = trial.steadyQueue();
        List<Message> messages = trial.messages(200);
        trial.sender(queue).confirm(messages);
        TestReceiver receiver = trial.receiver(queue);
        List<Delivery> held = receiver.take(messages.size());
        trial.exactly(messages, held);
        List<Supplier<List<Settled>>> started = Collections.synchronizedList(new ArrayList<>());
        trial.concurrently(THREADS, thread -> {
            for (int i = thread; i < held.size(); i += THREADS) {
                started.add(receiver.startAck(held.subList(i, i + 1)));
            }
        });
        Set<Settled> results =
                started.stream().flatMap(result -> result.get().stream()).collect(Collectors.toSet());
        assertThat(results).as("results of 200 acks by 4 threads").containsExactly(Settled.DONE);
        receiver.close();
        trial.receiver(trial.anotherClient(), queue).nothing(Trial.SILENCE);
    }

    private static void oneStale(Trial trial) {
        Spec queue = trial.steadyQueue();
        List<Message> messages = trial.messages(3);
        trial.sender(queue).confirm(messages);
        TestReceiver receiver = trial.receiver(queue);
        List<Delivery> held = receiver.take(3);
        assertThat(receiver.release(held.subList(1, 2))).containsExactly(Settled.DONE);
        assertThat(receiver.ack(held))
                .as("results of a batch whose second delivery was released before")
                .containsExactly(Settled.DONE, Settled.STALE, Settled.DONE);
        Delivery again = receiver.one();
        assertThat(again.message().id()).isEqualTo(held.get(1).message().id());
        receiver.acked(again);
        receiver.nothing(Trial.SILENCE);
    }

    private static void releaseSome(Trial trial) {
        Spec queue = trial.steadyQueue();
        List<Message> messages = trial.messages(10);
        trial.sender(queue).confirm(messages);
        TestReceiver receiver = trial.receiver(queue);
        List<Delivery> held = new ArrayList<>(receiver.take(10));
        Collections.shuffle(held, trial.random());
        List<Delivery> released = held.subList(0, 4);
        assertThat(receiver.release(released)).containsOnly(Settled.DONE);
        List<Delivery> again = receiver.take(4);
        assertThat(TestReceiver.ids(again)).containsExactlyInAnyOrderElementsOf(TestReceiver.ids(released));
        receiver.acked(again);
        receiver.acked(held.subList(4, 10));
        receiver.nothing(Trial.SILENCE);
    }
}
