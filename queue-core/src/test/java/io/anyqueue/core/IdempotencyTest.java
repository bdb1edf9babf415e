package io.anyqueue.core;

import static io.anyqueue.core.Eventually.awaitLatch;
import static io.anyqueue.core.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.ClientOptions;
import io.anyqueue.DeadLetter;
import io.anyqueue.ErrorCode;
import io.anyqueue.HandlingException;
import io.anyqueue.IdempotencyStore;
import io.anyqueue.IdempotencyStore.Claim;
import io.anyqueue.MessageQueue;
import io.anyqueue.Outgoing;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueException;
import io.anyqueue.QueueSpec;
import io.anyqueue.RetryPolicy;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Handling a message once although it comes again (rules IDM-1, IDM-2). */
class IdempotencyTest {
    private static final Duration LEASE = Duration.ofSeconds(30);

    /** The store in memory, by itself. */
    @Nested
    class Store {
        private final IdempotencyStore store = IdempotencyStore.inMemory();
        private final Instant now = Instant.parse("2030-01-01T00:00:00Z");

        private long claim(Instant at) {
            Claim claim = store.claim("orders", "k", LEASE, at);
            assertThat(claim).isInstanceOf(Claim.Granted.class);
            return ((Claim.Granted) claim).token();
        }

        @Test
        void IDM_1_a_completed_message_is_not_granted_again_while_its_record_lives() {
            long token = claim(now);
            assertThat(store.complete("orders", "k", token, now)).isTrue();
            Instant end = now.plus(store.retention());
            assertThat(store.claim("orders", "k", LEASE, end.minusMillis(1))).isEqualTo(new Claim.Completed());
            assertThat(claim(end)).isGreaterThan(token);
        }

        @Test
        void IDM_1_a_second_claim_hears_until_when_the_first_one_holds() {
            claim(now);
            assertThat(store.claim("orders", "k", LEASE, now.plusSeconds(29)))
                    .isEqualTo(new Claim.InProgress(now.plus(LEASE)));
            assertThat(store.claim("other", "k", LEASE, now)).isInstanceOf(Claim.Granted.class);
            assertThat(store.claim("orders", "k2", LEASE, now)).isInstanceOf(Claim.Granted.class);
        }

        @Test
        void IDM_2_after_the_lease_another_takes_over_and_the_first_can_change_nothing() {
            long zombie = claim(now);
            Instant later = now.plus(LEASE);
            long owner = claim(later);
            assertThat(owner).isGreaterThan(zombie);
            assertThat(store.complete("orders", "k", zombie, later)).isFalse();
            assertThat(store.renew("orders", "k", zombie, LEASE, later)).isFalse();
            assertThat(store.release("orders", "k", zombie)).isFalse();
            assertThat(store.claim("orders", "k", LEASE, later)).isInstanceOf(Claim.InProgress.class);
            assertThat(store.complete("orders", "k", owner, later)).isTrue();
        }

        @Test
        void IDM_2_a_claim_can_be_prolonged() {
            long token = claim(now);
            assertThat(store.renew("orders", "k", token, LEASE, now.plusSeconds(20)))
                    .isTrue();
            assertThat(store.claim("orders", "k", LEASE, now.plusSeconds(49))).isInstanceOf(Claim.InProgress.class);
            assertThat(claim(now.plusSeconds(50))).isGreaterThan(token);
        }

        @Test
        void IDM_1_what_is_given_back_can_be_claimed_at_once() {
            long token = claim(now);
            assertThat(store.release("orders", "k", token)).isTrue();
            assertThat(store.release("orders", "k", token)).isFalse();
            assertThat(claim(now)).isGreaterThan(token);
        }

        @Test
        void IDM_1_a_completed_record_can_be_neither_released_nor_renewed() {
            long token = claim(now);
            assertThat(store.complete("orders", "k", token, now)).isTrue();
            assertThat(store.release("orders", "k", token)).isFalse();
            assertThat(store.renew("orders", "k", token, LEASE, now)).isFalse();
            assertThat(store.claim("orders", "k", LEASE, now)).isEqualTo(new Claim.Completed());
        }

        @Test
        void IDM_2_eviction_bounds_completed_records_and_never_drops_a_claim_in_progress() {
            List<String> all =
                    IntStream.range(0, 120_000).mapToObj(i -> "m" + i).toList();
            long token = claim(now);
            for (String key : all) {
                Claim.Granted granted = (Claim.Granted) store.claim("orders", key, LEASE, now);
                store.complete("orders", key, granted.token(), now);
            }
            assertThat(store.claim("orders", "k", LEASE, now)).isInstanceOf(Claim.InProgress.class);
            assertThat(store.complete("orders", "k", token, now)).isTrue();
            long kept = all.stream()
                    .filter(key -> store.claim("orders", key, LEASE, now) instanceof Claim.Completed)
                    .count();
            assertThat(kept).isBetween(90_000L, 100_000L);
        }

        @Test
        void IDM_2_of_claims_at_the_same_time_one_is_granted() throws Exception {
            ExecutorService threads = Executors.newFixedThreadPool(8);
            try {
                for (int round = 0; round < 200; round++) {
                    String key = "race" + round;
                    CountDownLatch start = new CountDownLatch(1);
                    Callable<Claim> racer = () -> {
                        start.await();
                        return store.claim("orders", key, LEASE, now);
                    };
                    List<Future<Claim>> claims = IntStream.range(0, 8)
                            .mapToObj(i -> threads.submit(racer))
                            .toList();
                    start.countDown();
                    int granted = 0;
                    for (Future<Claim> claim : claims) {
                        granted += claim.get() instanceof Claim.Granted ? 1 : 0;
                    }
                    assertThat(granted).isEqualTo(1);
                }
            } finally {
                threads.shutdownNow();
            }
        }
    }

    private final ManualTime time = new ManualTime();
    private final FaultyBroker broker = FaultyBroker.create(time);
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final QueueClient client = QueueClient.connect(ClientOptions.of("inmemory:")
            .use(broker)
            .use(time)
            .use(time.clock())
            .use(meters));
    private final MessageQueue<String> queue = client.queue("orders", String.class);
    private final IdempotencyStore store = IdempotencyStore.inMemory();
    private final Queue<String> runs = new ConcurrentLinkedQueue<>();

    @AfterEach
    void close() {
        client.close();
        broker.close();
    }

    private double counted(String meter, String tag, String value) {
        return meters.get(meter).tag(tag, value).functionCounter().count();
    }

    @Test
    void IDM_1_a_message_that_was_handled_is_dropped_when_it_comes_again_and_counted() {
        queue.consumer().idempotent(store).start((payload, context) -> runs.add(context.idempotencyKey()));
        queue.send(Outgoing.of("x").id("id-1"));
        time.passUntil(() -> assertThat(broker.receiving.acknowledged).hasValue(1));
        // Later than the broker itself would know the id.
        time.advance(Duration.ofMinutes(3));
        queue.send(Outgoing.of("x").id("id-1"));
        time.passUntil(() -> assertThat(broker.receiving.acknowledged).hasValue(2));
        assertThat(runs).containsExactly("id-1");
        assertThat(counted("q.outcomes", "outcome", "duplicate")).isEqualTo(1);
    }

    @Test
    void IDM_1_the_key_may_come_from_the_payload() {
        queue.consumer()
                .idempotent(store)
                .idempotencyKey(text -> text.substring(0, 1))
                .start((payload, context) -> runs.add(context.idempotencyKey() + "=" + payload));
        List.of("a1", "a2", "b1").forEach(queue::send);
        time.passUntil(() -> assertThat(broker.receiving.acknowledged).hasValue(3));
        assertThat(runs).containsExactly("a=a1", "b=b1");
    }

    @Test
    void IDM_1_a_payload_without_a_key_is_a_failure_of_its_handling() {
        queue.consumer()
                .idempotent(store)
                .idempotencyKey(text -> text.equals("null") ? null : " ")
                .retry(RetryPolicy.none())
                .start((payload, context) -> runs.add(payload));
        queue.send("null");
        queue.send("blank");
        time.passUntil(() -> assertThat(queue.deadLetters().list()).hasSize(2));
        assertThat(queue.deadLetters().list())
                .extracting(DeadLetter::error)
                .allSatisfy(error -> assertThat(error).contains("idempotency key"));
        assertThat(runs).isEmpty();
    }

    @Test
    void IDM_1_a_duplicate_of_one_in_progress_is_released_and_never_acknowledged() {
        Claim.Granted other = (Claim.Granted) store.claim("orders", "id-1", Duration.ofHours(1), time.now());
        queue.consumer().idempotent(store).start((payload, context) -> runs.add(context.attempt() + "/" + payload));
        queue.send(Outgoing.of("x").id("id-1"));
        time.passUntil(() -> assertThat(broker.receiving.released).hasValueGreaterThan(3));
        assertThat(broker.receiving.acknowledged).hasValue(0);
        assertThat(runs).isEmpty();
        store.release("orders", "id-1", other.token());
        time.passUntil(() -> assertThat(broker.receiving.acknowledged).hasValue(1));
        assertThat(runs).as("waiting is no attempt").containsExactly("1/x");
    }

    @Test
    void IDM_2_a_crashed_owner_is_replaced_after_its_lease() {
        store.claim("orders", "id-1", LEASE, time.now());
        Instant end = time.now().plus(LEASE);
        Queue<Instant> at = new ConcurrentLinkedQueue<>();
        queue.consumer().idempotent(store).start(payload -> at.add(time.now()));
        queue.send(Outgoing.of("x").id("id-1"));
        time.passUntil(() -> assertThat(at).hasSize(1));
        assertThat(at.element()).isAfterOrEqualTo(end);
    }

    @Test
    void IDM_1_a_failure_gives_the_claim_back() {
        queue.consumer()
                .idempotent(store)
                .retry(RetryPolicy.delays(Duration.ofSeconds(1), Duration.ofSeconds(1))
                        .inPlace(1))
                .start((payload, context) -> {
                    runs.add(context.attempt() + "/" + context.deliveries());
                    if (context.attempt() < 4) {
                        throw new IOException("not yet");
                    }
                });
        queue.send("x");
        time.passUntil(() -> assertThat(broker.receiving.acknowledged).hasValue(1));
        assertThat(runs).containsExactly("1/1", "2/1", "3/2", "4/3");
    }

    @Test
    void IDM_1_a_dead_letter_gives_the_claim_back_so_that_it_can_be_redriven() {
        queue.consumer().idempotent(store).start(payload -> {
            throw HandlingException.permanent("no");
        });
        queue.send(Outgoing.of("x").id("id-1"));
        time.passUntil(() -> assertThat(queue.deadLetters().list()).hasSize(1));
        assertThat(store.claim("orders", "id-1", LEASE, time.now())).isInstanceOf(Claim.Granted.class);
    }

    @Test
    void RTY_2_while_the_store_is_away_messages_are_given_back_uncounted() {
        DownStore down = new DownStore(store);
        queue.consumer()
                .idempotent(down)
                .retry(RetryPolicy.none())
                .start((payload, context) -> runs.add(context.attempt() + "/" + payload));
        queue.send("x");
        time.passUntil(() -> assertThat(broker.receiving.released).hasValueGreaterThan(3));
        assertThat(runs).isEmpty();
        down.away = false;
        time.passUntil(() -> assertThat(broker.receiving.acknowledged).hasValue(1));
        assertThat(runs).containsExactly("1/x");
        assertThat(queue.deadLetters().list()).isEmpty();
    }

    /** Cannot be asked for claims while it is away. */
    private static final class DownStore implements IdempotencyStore {
        private final IdempotencyStore store;
        volatile boolean away = true;

        DownStore(IdempotencyStore store) {
            this.store = store;
        }

        @Override
        public Claim claim(String scope, String key, Duration lease, Instant now) {
            if (away) {
                throw new QueueException(ErrorCode.UNAVAILABLE, "the store is away");
            }
            return store.claim(scope, key, lease, now);
        }

        @Override
        public boolean renew(String scope, String key, long token, Duration lease, Instant now) {
            return store.renew(scope, key, token, lease, now);
        }

        @Override
        public boolean complete(String scope, String key, long token, Instant now) {
            return store.complete(scope, key, token, now);
        }

        @Override
        public boolean release(String scope, String key, long token) {
            return store.release(scope, key, token);
        }

        @Override
        public Duration retention() {
            return store.retention();
        }
    }

    @Test
    void IDM_2_an_owner_that_was_replaced_while_it_ran_is_fenced_and_counted() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        queue.consumer().idempotent(store).timeout(Duration.ofSeconds(10)).start(payload -> {
            running.countDown();
            awaitStubbornly(end);
        });
        queue.send(Outgoing.of("x").id("id-1"));
        awaitLatch(running);
        time.advance(Duration.ofSeconds(41));
        Claim.Granted successor = (Claim.Granted) store.claim("orders", "id-1", LEASE, time.now());
        end.countDown();
        eventually(() ->
                assertThat(counted("q.trouble", "kind", "idempotency-fenced")).isEqualTo(1));
        assertThat(store.complete("orders", "id-1", successor.token(), time.now()))
                .isTrue();
    }

    /** Ignores interrupts, as bad handlers do. */
    private static void awaitStubbornly(CountDownLatch latch) {
        while (latch.getCount() > 0) {
            Thread.onSpinWait();
        }
    }

    @Test
    void IDM_1_what_a_handler_sends_is_confirmed_before_it_is_recorded() {
        QueueSpec<String> out = QueueSpec.of("out", String.class);
        Queue<String> sent = new ConcurrentLinkedQueue<>();
        client.queue(out).consume(sent::add);
        AtomicInteger attempts = new AtomicInteger();
        queue.consumer()
                .idempotent(store)
                .retry(RetryPolicy.delays(Duration.ofSeconds(1)))
                .start((payload, context) -> {
                    attempts.incrementAndGet();
                    context.send(out, payload + "!");
                });
        broker.onlyTo("out").nextSends("N");
        queue.send("x");
        time.passUntil(() -> assertThat(sent).containsExactly("x!"));
        assertThat(attempts).as("a send that is refused fails the handler").hasValue(2);
    }
}
