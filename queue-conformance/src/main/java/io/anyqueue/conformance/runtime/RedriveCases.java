package io.anyqueue.conformance.runtime;

import static io.anyqueue.conformance.kit.Clients.numbered;
import static io.anyqueue.conformance.kit.Clients.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.DeadLetter;
import io.anyqueue.Feature;
import io.anyqueue.MessageQueue;
import io.anyqueue.MessageSource;
import io.anyqueue.MessageTopic;
import io.anyqueue.Outgoing;
import io.anyqueue.QueueSpec;
import io.anyqueue.Redrive;
import io.anyqueue.RetryPolicy;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.Clients;
import io.anyqueue.conformance.kit.NotSupported;
import io.anyqueue.conformance.kit.Runs;
import io.anyqueue.conformance.kit.TimeScale;
import io.anyqueue.conformance.kit.Trial;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Dead letters that go back to where they failed, or are discarded (rule DLQ-4). */
final class RedriveCases {
    private RedriveCases() {}

    static List<Case> all() {
        return List.of(
                redrive(
                        "DLQ-4/goes-back",
                        "A redriven message is handled as it was, its attempts anew, its deliveries going on",
                        RedriveCases::goesBack),
                redrive(
                        "DLQ-4/filter-and-limit",
                        "Only what the filter selects goes back, and no more than the limit",
                        RedriveCases::filterAndLimit),
                redrive(
                        "DLQ-4/preview",
                        "A preview shows what would go back, and changes nothing",
                        RedriveCases::preview),
                redrive("DLQ-4/rate", "A rate is kept", RedriveCases::rate),
                redrive(
                        "DLQ-4/loop-guard",
                        "What was redriven too often is left alone, and that is said",
                        RedriveCases::loopGuard),
                redrive(
                        "DLQ-4/not-what-came-later",
                        "What fails again during a redrive is not taken again",
                        RedriveCases::notLater),
                redrive(
                        "DLQ-4/only-who-failed",
                        "Only the subscription that failed gets it back",
                        RedriveCases::onlyWhoFailed),
                redrive(
                        "DLQ-4/two-at-once",
                        "Two redrives at once lose nothing and send nothing twice",
                        RedriveCases::twoAtOnce),
                redrive("DLQ-4/discard", "What is discarded is gone, and the rest stays", RedriveCases::discard));
    }

    /** Letters are counted by listing them. */
    private static Case redrive(String id, String title, Clients.Body body) {
        return Case.of(id, title, with(body)).needs(Feature.BROWSE, Letters.REFUSED);
    }

    private static String text(DeadLetter letter) {
        return new String(letter.original().bodyArray(), StandardCharsets.UTF_8);
    }

    private static List<String> texts(MessageSource<?> source) {
        return Letters.of(source).stream().map(RedriveCases::text).toList();
    }

    private static Redrive atOnce(Redrive plan) {
        return plan.rate(100_000, Duration.ofMillis(1));
    }

    private static Redrive all(MessageSource<?> source) {
        return atOnce(source.deadLetters().redrive(letter -> true));
    }

    /** A handler that fails for some payloads, and a consumer of it. */
    private record Failing(Runs runs, Set<String> bad) {
        static Failing start(Clients clients, MessageSource<String> source, String... bad) {
            Set<String> set = ConcurrentHashMap.newKeySet();
            set.addAll(List.of(bad));
            Runs runs = clients.runs((payload, context) -> {
                if (set.contains(payload)) {
                    throw new IllegalStateException("bad: " + payload);
                }
            });
            clients.start(source.consumer().retry(RetryPolicy.none()), runs);
            return new Failing(runs, set);
        }
    }

    private static Failing dead(Clients clients, MessageQueue<String> queue, List<String> payloads) {
        Failing failing = Failing.start(clients, queue, payloads.toArray(String[]::new));
        clients.sendAll(queue, payloads);
        Letters.await(clients, queue, payloads.size());
        failing.bad().clear();
        return failing;
    }

    private static void goesBack(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        Failing failing = Failing.start(clients, queue, "x");
        String id = clients.send(queue, Outgoing.of("x").key("k").header("tenant", "Zürich"));
        DeadLetter letter = Letters.await(clients, queue, 1).get(0);
        failing.bad().clear();
        assertThat(all(queue).run()).isEqualTo(1);
        Runs runs = failing.runs().await(2);
        Runs.Run again = runs.all().get(1);
        assertThat(again.id()).isEqualTo(id);
        assertThat(again.message().headers()).isEqualTo(Map.of("tenant", "Zürich"));
        assertThat(again.message().key()).contains("k");
        assertThat(again.message().createdAtMillis())
                .isEqualTo(letter.original().createdAtMillis());
        assertThat(again.attempt()).as("the attempt after a redrive").isEqualTo(1);
        assertThat(again.deliveries()).as("deliveries after a redrive").isGreaterThan(letter.deliveries());
        runs.noMore();
        assertThat(Letters.of(queue)).isEmpty();
    }

    private static void filterAndLimit(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        List<String> payloads = numbered("m", 12);
        Failing failing = dead(clients, queue, payloads);
        Redrive even = atOnce(queue.deadLetters()
                        .redrive(letter -> Integer.parseInt(text(letter).substring(1)) % 2 == 0))
                .limit(4);
        assertThat(even.run()).isEqualTo(4);
        clients.trial()
                .eventually(
                        "four are handled",
                        Trial.SIGNAL,
                        () -> failing.runs().handled().size() == 4);
        assertThat(failing.runs().handled()).isSubsetOf("m0", "m2", "m4", "m6", "m8", "m10");
        List<String> left = new ArrayList<>(payloads);
        left.removeAll(failing.runs().handled());
        assertThat(texts(queue)).containsExactlyInAnyOrderElementsOf(left);
        assertThat(Letters.of(queue))
                .extracting(DeadLetter::attempts)
                .as("attempts of what stayed")
                .containsOnly(1);
        assertThat(all(queue).run()).isEqualTo(8);
        failing.runs().await(24);
        failing.runs().noMore();
        assertThat(failing.runs().handled()).containsExactlyInAnyOrderElementsOf(payloads);
    }

    private static void preview(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        Failing failing = dead(clients, queue, List.of("a", "b", "c"));
        Redrive plan =
                atOnce(queue.deadLetters().redrive(letter -> !text(letter).equals("b")));
        for (int i = 0; i < 2; i++) {
            assertThat(plan.preview()).extracting(RedriveCases::text).containsExactlyInAnyOrder("a", "c");
            assertThat(texts(queue)).containsExactlyInAnyOrder("a", "b", "c");
        }
        failing.runs().noMore();
        assertThat(plan.run()).isEqualTo(2);
        assertThat(texts(queue)).containsExactly("b");
    }

    private static void rate(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        Failing failing = dead(clients, queue, numbered("m", 4));
        long began = System.nanoTime();
        assertThat(queue.deadLetters()
                        .redrive(letter -> true)
                        .rate(1, Duration.ofMillis(400))
                        .run())
                .isEqualTo(4);
        assertThat(Duration.ofNanos(System.nanoTime() - began))
                .as("for four letters at one in 400 ms")
                .isGreaterThanOrEqualTo(Duration.ofMillis(1190))
                .isLessThan(TimeScale.scaled(Duration.ofSeconds(10)));
        failing.runs().await(8);
        failing.runs().noMore();
    }

    private static void loopGuard(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        Failing failing = Failing.start(clients, queue, "x");
        clients.send(queue, "x");
        for (int redrives = 0; redrives < 3; redrives++) {
            int expected = redrives;
            clients.trial()
                    .eventually(
                            "the letter is there again, with " + redrives + " redrives",
                            Trial.SIGNAL,
                            () -> Letters.of(queue).stream()
                                    .map(DeadLetter::redrives)
                                    .toList()
                                    .equals(List.of(expected)));
            Redrive plan = all(queue).maxRedrives(2);
            assertThat(plan.run()).as("redriven, after %d redrives", redrives).isEqualTo(redrives < 2 ? 1 : 0);
            assertThat(plan.leftAlone()).isEqualTo(redrives < 2 ? 0 : 1);
        }
        failing.runs().await(3);
        failing.runs().noMore();
        assertThat(texts(queue)).containsExactly("x");
    }

    private static void notLater(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        List<String> payloads = numbered("m", 5);
        Failing failing = dead(clients, queue, payloads);
        failing.bad().addAll(payloads);
        assertThat(queue.deadLetters()
                        .redrive(letter -> true)
                        .rate(5, Duration.ofSeconds(1))
                        .maxRedrives(1000)
                        .run())
                .as("letters that were there when it began")
                .isEqualTo(5);
        assertThat(Letters.await(clients, queue, 5))
                .extracting(DeadLetter::redrives)
                .containsOnly(1);
        failing.runs().noMore();
        assertThat(failing.runs().all()).hasSize(10);
    }

    private static void onlyWhoFailed(Clients clients) {
        if (!clients.client().capabilities().has(Feature.TOPICS)) {
            throw new NotSupported("no topics");
        }
        MessageTopic<String> topic = clients.client().topic(clients.topic("audit", "mail"));
        MessageSource<String> mail = topic.subscription("mail");
        Failing failing = Failing.start(clients, mail, "x");
        Runs audit = clients.runs();
        clients.start(topic.subscription("audit").consumer(), audit);
        clients.awaitVisible();
        clients.send(topic, "x");
        Letters.await(clients, mail, 1);
        failing.bad().clear();
        assertThat(all(mail).run()).isEqualTo(1);
        failing.runs().awaitHandled(1);
        assertThat(failing.runs().handled()).containsExactly("x");
        audit.exactly("x");
    }

    private static void twoAtOnce(Clients clients) throws Exception {
        QueueSpec<String> spec = clients.queue();
        MessageQueue<String> queue = clients.client().queue(spec);
        List<String> payloads = numbered("m", 60);
        Failing failing = dead(clients, queue, payloads);
        MessageQueue<String> other = clients.another().queue(spec);
        long[] sent = new long[1];
        Thread second = new Thread(() -> sent[0] = all(other).run(), "conformance-redrive");
        second.setDaemon(true);
        second.start();
        long first = all(queue).run();
        second.join(TimeScale.scaled(Trial.SIGNAL.multipliedBy(3)).toMillis());
        assertThat(second.isAlive()).as("the second redrive still runs").isFalse();
        // What one holds the other does not see: what is left is taken by running again.
        long left = all(queue).run();
        assertThat(first + sent[0] + left).as("redriven in all").isEqualTo(60);
        failing.runs().await(120);
        failing.runs().noMore();
        assertThat(failing.runs().handled()).containsExactlyInAnyOrderElementsOf(payloads);
        assertThat(Letters.of(queue)).isEmpty();
    }

    private static void discard(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        Failing failing = dead(clients, queue, List.of("a", "b", "c"));
        assertThat(queue.deadLetters().discard(letter -> text(letter).equals("b"), "known and useless"))
                .isEqualTo(1);
        assertThat(texts(queue)).containsExactlyInAnyOrder("a", "c");
        Refused.invalid("a blank reason", () -> queue.deadLetters().discard(letter -> true, " "));
        Refused.invalid("no filter", () -> queue.deadLetters().redrive(Refused.nothing(() -> null)));
        assertThat(queue.deadLetters().discard(letter -> true, "all of them")).isEqualTo(2);
        assertThat(Letters.of(queue)).isEmpty();
        failing.runs().noMore();
    }
}
