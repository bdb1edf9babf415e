package io.anyqueue.conformance.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.ErrorCode;
import io.anyqueue.Feature;
import io.anyqueue.History;
import io.anyqueue.Message;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.Refusal;
import io.anyqueue.conformance.kit.TestReceiver;
import io.anyqueue.conformance.kit.Trial;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Spec;
import io.anyqueue.spi.Topology;
import io.anyqueue.spi.Topology.Count;
import io.anyqueue.spi.Topology.Description;
import io.anyqueue.spi.Topology.Page;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Describing, browsing and purging (rules LIF-4, ERR-1, CAP-1). */
final class InspectionCases {
    private InspectionCases() {}

    static List<Case> all() {
        return List.of(
                Case.of(
                        "LIF-4/described",
                        "A queue tells what it holds, and a missing one that it is",
                        InspectionCases::described),
                Case.of(
                                "CAP-1/browse",
                                "Browsing lists all, oldest first, and consumes nothing",
                                InspectionCases::browse)
                        .needs(Feature.BROWSE, InspectionCases::browseRefused),
                Case.of(
                                "RCV-5/browse-shows-history",
                                "Browsing shows what messages went through",
                                InspectionCases::history)
                        .needs(Feature.BROWSE, InspectionCases::browseRefused),
                Case.of("ERR-1/browse-missing", "Browsing what is missing is refused", InspectionCases::browseMissing)
                        .needs(Feature.BROWSE, InspectionCases::browseRefused),
                Case.of("ERR-1/purge", "A purge removes all that is with no consumer", InspectionCases::purge));
    }

    private static Topology topology(Trial trial) {
        return trial.broker().topology();
    }

    private static void browseRefused(Trial trial) {
        Spec queue = trial.queue();
        Refusal.of(trial, "browse", ErrorCode.UNSUPPORTED, () -> topology(trial).browse(queue, null, 10));
    }

    private static Description describe(Trial trial, Spec spec) {
        return trial.await("describe", topology(trial).describe(spec));
    }

    /** An exact figure must be right once things have settled; an estimate must only be no nonsense. */
    private static void figure(Spec queue, String what, Optional<Count> count, long expected) {
        if (count.isPresent() && count.get().exact()) {
            assertThat(count.get().value())
                    .as("%s of %s", what, queue.endpoint().name())
                    .isEqualTo(expected);
        } else if (count.isPresent()) {
            assertThat(count.get().value()).as("%s, an estimate", what).isNotNegative();
        }
    }

    private static void described(Trial trial) {
        assertThat(describe(trial, trial.plainQueue())).isEqualTo(Description.ABSENT);
        Spec queue = trial.queue();
        Description empty = describe(trial, queue);
        assertThat(empty.exists()).as("exists once it was declared").isTrue();
        figure(queue, "ready", empty.ready(), 0);
        trial.sender(queue).confirm(trial.messages(5));
        boolean delayed = trial.capabilities(queue).has(Feature.DELAYED_SEND);
        if (delayed) {
            trial.sender(queue)
                    .confirm(trial.build().deliverAtMillis(trial.now() + 60_000).build());
        }
        Description full = describe(trial, queue);
        figure(queue, "ready", full.ready(), 5);
        figure(queue, "delayed", full.delayed(), delayed ? 1 : 0);
        full.oldest().ifPresent(age -> assertThat(age).isBetween(Duration.ofSeconds(-1), Duration.ofMinutes(1)));
        TestReceiver receiver = trial.closedReceiver(trial.broker(), queue);
        receiver.window(2);
        List<Delivery> held = receiver.take(2);
        // Each figure is of a moment of its own, and the receiver may fetch in between.
        trial.eventually(
                "5 messages are ready or leased, 2 of them with a receiver; there are " + describe(trial, queue),
                Trial.SIGNAL,
                () -> addUp(describe(trial, queue)));
        receiver.acked(held);
    }

    private static boolean addUp(Description figures) {
        boolean exact = figures.ready().filter(Count::exact).isPresent()
                && figures.leased().filter(Count::exact).isPresent();
        if (!exact) {
            return true;
        }
        long leased = figures.leased().get().value();
        return leased >= 2 && figures.ready().get().value() + leased == 5;
    }

    private static List<Message> browseAll(Trial trial, Spec queue, int page) {
        List<Message> all = new ArrayList<>();
        byte[] cursor = null;
        for (int pages = 0; pages < 100; pages++) {
            Page found = trial.await("browse", topology(trial).browse(queue, cursor, page));
            assertThat(found.messages()).as("a page").hasSizeLessThanOrEqualTo(page);
            all.addAll(found.messages());
            if (found.next().isEmpty()) {
                return all;
            }
            cursor = found.next().get();
        }
        throw new AssertionError("browsing 10 messages in pages of " + page + " does not end, found so far "
                + all.stream().map(Message::id).toList());
    }

    private static void browse(Trial trial) {
        Spec queue = trial.queue();
        assertThat(browseAll(trial, queue, 5)).isEmpty();
        List<Message> messages = trial.messages(10);
        messages.forEach(trial.sender(queue)::confirm);
        for (int page : new int[] {1, 3, 10, 1_000}) {
            List<Message> found = browseAll(trial, queue, page);
            assertThat(found)
                    .as("pages of %s", page)
                    .extracting(Message::id)
                    .containsExactlyElementsOf(
                            messages.stream().map(Message::id).toList());
        }
        assertThat(browseAll(trial, queue, 10).get(3).bodyArray())
                .isEqualTo(messages.get(3).bodyArray());
        TestReceiver receiver = trial.receiver(queue);
        List<Delivery> taken = receiver.take(10);
        assertThat(taken).as("deliveries after browsing").allMatch(delivery -> delivery.deliveries() == 1);
        receiver.acked(taken);
        receiver.flush();
        assertThat(browseAll(trial, queue, 5)).as("what was acknowledged").isEmpty();
    }

    private static void history(Trial trial) {
        Spec queue = trial.queue();
        Message message =
                trial.build().history(new History(3, 5, 1_700_000_000_000L)).build();
        trial.sender(queue).confirm(message);
        assertThat(browseAll(trial, queue, 10)).extracting(Message::history).containsExactly(message.history());
    }

    private static void browseMissing(Trial trial) {
        Spec missing = trial.plainQueue();
        Refusal.of(
                trial,
                "browse what is missing",
                ErrorCode.NOT_FOUND,
                () -> topology(trial).browse(missing, null, 10));
        Spec queue = trial.queue();
        Refusal.of(
                trial,
                "a page of 0 messages",
                ErrorCode.INVALID_ARGUMENT,
                () -> topology(trial).browse(queue, null, 0));
        Refusal.of(
                trial,
                "a cursor that is none",
                ErrorCode.INVALID_ARGUMENT,
                () -> topology(trial).browse(queue, new byte[] {1, 2, 3}, 10));
    }

    private static void purge(Trial trial) {
        Spec queue = trial.queue();
        trial.sender(queue).confirm(trial.messages(20));
        boolean delayed = trial.capabilities(queue).has(Feature.DELAYED_SEND);
        if (delayed) {
            trial.sender(queue)
                    .confirm(trial.build().deliverAtMillis(trial.now() + 1_000).build());
        }
        trial.await("purge", topology(trial).purge(queue));
        TestReceiver receiver = trial.receiver(queue);
        receiver.nothing(Duration.ofMillis(delayed ? 1_500 : 700));
        Message message = trial.message();
        trial.sender(queue).confirm(message);
        receiver.acked(receiver.one(message));
        Spec missing = trial.plainQueue();
        Refusal.of(
                trial,
                "purge what is missing",
                ErrorCode.NOT_FOUND,
                () -> topology(trial).purge(missing));
    }
}
