package io.anyqueue.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.anyqueue.DeadLetter;
import io.anyqueue.MessageConsumer;
import io.anyqueue.MessageQueue;
import io.anyqueue.Outgoing;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueSpec;
import io.anyqueue.RetryPolicy;
import io.anyqueue.testbrokers.kafka.Kafka;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What follows from a message appears once to readers of what is committed (rule SET-5), in one process; its death is another test's. */
@Timeout(300)
class ExactlyOnceTest {
    private static final Kafka KAFKA = Kafka.own(3);
    private static final Duration SOON = Duration.ofMinutes(2);
    private static final Committed COMMITTED = new Committed(KAFKA.bootstrap());

    private final String in = "in-" + UUID.randomUUID();
    private final String out = "out-" + UUID.randomUUID();

    @AfterAll
    static void close() {
        KAFKA.close();
    }

    private static QueueClient client(String more) {
        return QueueClient.connect("kafka://" + KAFKA.bootstrap() + "?confirm-timeout=PT5M" + more);
    }

    private static List<String> derived(int messages) {
        return IntStream.range(0, messages).mapToObj(i -> "m" + i + "!").toList();
    }

    private static void send(MessageQueue<String> queue, int from, int to) {
        queue.sendAll(
                IntStream.range(from, to).mapToObj(i -> Outgoing.of("m" + i)).toList());
    }

    private void awaitDerived(int messages) {
        await().atMost(SOON)
                .pollInterval(Duration.ofMillis(500))
                .untilAsserted(() -> assertThat(COMMITTED.read(out))
                        .as("with what is not committed: %s", missing(messages))
                        .containsAll(derived(messages)));
        assertThat(COMMITTED.read(out)).containsExactlyInAnyOrderElementsOf(derived(messages));
    }

    /** {@return what is missing also among what is not committed} */
    private List<String> missing(int messages) {
        List<String> missing = new ArrayList<>(derived(messages));
        missing.removeAll(COMMITTED.readAll(out));
        return missing;
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void eachMessageHasItsResultOnceWhileConsumersComeAndGo(String protocol) {
        int rounds = 4;
        int each = 300;
        String settings = "&group.protocol=" + protocol + (protocol.equals("classic") ? "&session-timeout=PT4S" : "");
        try (QueueClient client = client(settings);
                QueueClient guests = client(settings)) {
            MessageQueue<String> queue = client.queue(in, String.class);
            work(client, queue);
            for (int round = 0; round < rounds; round++) {
                MessageConsumer guest = work(guests, guests.queue(in, String.class));
                long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
                for (int i = round * each; i < (round + 1) * each; i++) {
                    var unused = queue.sendAsync("m" + i);
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(4));
                }
                await().atMost(SOON).until(() -> System.nanoTime() - until > 0);
                assertThat(guest.stop(Duration.ofSeconds(20))).isTrue();
            }
            awaitDerived(rounds * each);
        }
    }

    /** Nothing is committed of what goes while nothing was handed out of it, and what is handed out later is not what went. */
    @Test
    void whatGoesAndComesBackUnusedIsHandledAtOnce() {
        String patient = "&session-timeout=PT4S&drain-timeout=PT4M";
        try (QueueClient client = client(patient);
                QueueClient guests = client(patient);
                Admin admin = Admin.create(Map.of("bootstrap.servers", KAFKA.bootstrap()))) {
            // By key, so that some are in each partition.
            QueueSpec<String> spec = QueueSpec.of(in, String.class).orderedBy(text -> text);
            MessageQueue<String> queue = client.queue(spec);
            work(client, queue);
            awaitMembers(admin, 1);
            MessageConsumer guest = work(guests, guests.queue(spec));
            awaitMembers(admin, 2);
            assertThat(guest.stop(Duration.ofSeconds(20))).isTrue();
            awaitMembers(admin, 1);
            send(queue, 0, 50);
            awaitDerived(50);
        }
    }

    /** Waits until so many have partitions, and no others are there. */
    private void awaitMembers(Admin admin, int count) {
        await().atMost(SOON)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(admin.describeConsumerGroups(List.of(in))
                                .all()
                                .get(30, TimeUnit.SECONDS)
                                .get(in)
                                .members())
                        .hasSize(count)
                        .noneMatch(
                                member -> member.assignment().topicPartitions().isEmpty()));
    }

    private MessageConsumer work(QueueClient client, MessageQueue<String> queue) {
        MessageQueue<String> results = client.queue(out, String.class);
        return queue.consumer().exactlyOnce().concurrency(8).start((text, context) -> {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
            context.send(results, text + "!");
        });
    }

    @Test
    void whatAFailedRunSentDoesNotAppear() {
        try (QueueClient client = client("")) {
            MessageQueue<String> queue = client.queue(in, String.class);
            MessageQueue<String> results = client.queue(out, String.class);
            AtomicInteger runs = new AtomicInteger();
            queue.consumer()
                    .exactlyOnce()
                    .retry(RetryPolicy.delays(Duration.ofMillis(300)))
                    .start((text, context) -> {
                        context.send(results, "run " + runs.incrementAndGet());
                        context.send(results, "and more of it");
                        if (runs.get() < 2) {
                            throw new IllegalStateException("not yet");
                        }
                    });
            queue.send("x");
            await().atMost(SOON).until(() -> COMMITTED.read(out).size() >= 2);
            assertThat(COMMITTED.read(out)).containsExactlyInAnyOrder("run 2", "and more of it");
        }
        assertThat(COMMITTED.readAll(in + "--delayed"))
                .as("the copy that waited")
                .containsExactly("x");
    }

    @Test
    void aDeadLetterIsPartOfTheTransaction() {
        try (QueueClient client = client("")) {
            MessageQueue<String> queue = client.queue(in, String.class);
            MessageQueue<String> results = client.queue(out, String.class);
            queue.consumer().exactlyOnce().retry(RetryPolicy.none()).start((text, context) -> {
                context.send(results, text);
                throw new IllegalStateException("never");
            });
            queue.send("x");
            await().atMost(SOON).until(() -> queue.deadLetters().list().count() == 1);
            assertThat(queue.deadLetters().list().map(DeadLetter::error)).containsExactly("never");
            assertThat(COMMITTED.readAll(out)).isEmpty();
        }
    }

    /** One whose target was deleted holds up nothing else, and is stored when the target is there again. */
    @Test
    void aMissingTargetHoldsUpNothingElse() throws Exception {
        String gone = "gone-" + UUID.randomUUID();
        try (QueueClient client = client("");
                Admin admin = Admin.create(Map.of("bootstrap.servers", KAFKA.bootstrap()))) {
            MessageQueue<String> queue = client.queue(in, String.class);
            MessageQueue<String> results = client.queue(out, String.class);
            MessageQueue<String> missing = client.queue(gone, String.class);
            admin.deleteTopics(List.of(gone)).all().get(10, TimeUnit.SECONDS);
            queue.consumer()
                    .exactlyOnce()
                    .concurrency(4)
                    .start((text, context) -> context.send(text.equals("lost") ? missing : results, text + "!"));
            queue.send("lost");
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(client.health().toString()).contains(gone));
            send(queue, 0, 50);
            awaitDerived(50);
            admin.createTopics(List.of(new NewTopic(gone, 2, (short) 3))).all().get(10, TimeUnit.SECONDS);
            await().atMost(SOON).until(() -> COMMITTED.read(gone).equals(List.of("lost!")));
        }
    }

    /** Many at once, which were on their way there when it was deleted. Then the consumer slows down, but what has run is stored. */
    @Test
    void aTargetThatIsDeletedUnderLoadHoldsUpNoOtherResult() throws Exception {
        String gone = "gone-" + UUID.randomUUID();
        Set<String> ran = ConcurrentHashMap.newKeySet();
        try (QueueClient client = client("");
                Admin admin = Admin.create(Map.of("bootstrap.servers", KAFKA.bootstrap()))) {
            MessageQueue<String> queue = client.queue(in, String.class);
            MessageQueue<String> results = client.queue(out, String.class);
            MessageQueue<String> missing = client.queue(gone, String.class);
            queue.consumer().exactlyOnce().concurrency(64).start((text, context) -> {
                boolean lost = text.startsWith("x");
                context.send(lost ? missing : results, text + "!");
                if (!lost) {
                    ran.add(text + "!");
                }
            });
            for (int i = 0; i < 300; i++) {
                if (i == 100) {
                    admin.deleteTopics(List.of(gone)).all().get(10, TimeUnit.SECONDS);
                }
                var unused = queue.sendAsync("m" + i);
                var unusedToo = queue.sendAsync("x" + i);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
            }
            await().atMost(SOON).until(() -> ran.size() > 100);
            List<String> soon = List.copyOf(ran);
            await().atMost(Duration.ofMinutes(1))
                    .pollInterval(Duration.ofMillis(500))
                    .untilAsserted(() -> assertThat(COMMITTED.read(out)).containsAll(soon));
            assertThat(COMMITTED.read(out)).doesNotHaveDuplicates();
        }
    }

    @Test
    void theOrderOfAKeyIsKept() {
        int messages = 400;
        try (QueueClient client = client("")) {
            MessageQueue<String> queue =
                    client.queue(QueueSpec.of(in, String.class).orderedBy(text -> text.substring(0, 2)));
            MessageQueue<String> results =
                    client.queue(QueueSpec.of(out, String.class).orderedBy(text -> text.substring(0, 2)));
            queue.consumer().exactlyOnce().concurrency(8).start((text, context) -> context.send(results, text));
            List<String> sent = new ArrayList<>();
            for (int i = 0; i < messages; i++) {
                sent.add("k" + (i % 5) + "-" + i);
            }
            queue.sendAll(sent.stream().map(Outgoing::of).toList());
            await().atMost(SOON).until(() -> COMMITTED.read(out).size() >= messages);
            List<String> stored = COMMITTED.read(out);
            for (int key = 0; key < 5; key++) {
                String prefix = "k" + key;
                assertThat(stored.stream().filter(text -> text.startsWith(prefix)))
                        .containsExactlyElementsOf(sent.stream()
                                .filter(text -> text.startsWith(prefix))
                                .toList());
            }
        }
    }

    /** Commits without an answer are found out about. Of one node alone that is killed Kafka may lose who has committed. */
    @Test
    void eachMessageHasItsResultOnceWhileNodesDieAndComeBack() {
        int messages = 1_500;
        try (QueueClient client = client("")) {
            MessageQueue<String> queue = client.queue(in, String.class);
            work(client, queue);
            send(queue, 0, 500);
            await().atMost(SOON).until(() -> COMMITTED.read(out).size() > 50);
            KAFKA.node(1).kill();
            KAFKA.node(1).start();
            send(queue, 500, messages);
            await().atMost(SOON).until(() -> COMMITTED.read(out).size() > 600);
            KAFKA.node(2).suspend();
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(3));
            KAFKA.node(2).kill();
            KAFKA.node(2).start();
            awaitDerived(messages);
        }
    }
}
