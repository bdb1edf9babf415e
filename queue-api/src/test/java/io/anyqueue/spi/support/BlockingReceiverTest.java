package io.anyqueue.spi.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.ReceiverListener;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class BlockingReceiverTest {
    private static final Duration LIMIT = Duration.ofSeconds(9);
    private static final Duration LEASE_CHECK = Duration.ofSeconds(10);

    private final ManualConfig config = new ManualConfig();
    private final Heard heard = new Heard();
    private final FakeReceiver receiver = new FakeReceiver(config, heard);

    @AfterEach
    void leaves_no_thread() {
        CompletionStage<Void> closed = receiver.close(LIMIT);
        await().until(() -> closed.toCompletableFuture().isDone());
        await().until(() -> receiver.threads.stream().noneMatch(Thread::isAlive));
        config.timers.shutdownNow();
    }

    @Test
    void hands_over_what_it_fetched() {
        receiver.window(10, 1000);
        answer("1", "2");
        await().until(() -> heard.readable.get() == 1);

        assertThat(poll(10)).containsExactly("1", "2");
        assertThat(heard.states).containsExactly("WORKING");
    }

    @Test
    void does_nothing_before_its_window_is_opened() {
        receiver.window(0, 0);

        assertThat(config.timers.pending()).isEmpty();
        assertThat(receiver.threads).isEmpty();
    }

    @Test
    void BKP_1_fetches_no_more_than_the_window() {
        receiver.window(3, 1000);
        answer("1", "2", "3");
        await().until(() -> heard.readable.get() == 1);
        int fetches = receiver.fetches.get();

        assertThat(poll(1)).containsExactly("1");

        await().until(() -> receiver.fetches.get() > fetches);
        assertThat(receiver.asked).containsOnly(3, 1).endsWith(1);
    }

    @Test
    void BKP_4_a_pause_gives_back_and_keeps_the_session() {
        receiver.window(10, 1000);
        answer("1", "2");
        await().until(() -> heard.readable.get() == 1);
        receiver.window(0, 0);

        assertThat(poll(10)).isEmpty();
        await().until(() -> receiver.givenBack.equals(List.of("1", "2")));
        assertThat(receiver.disconnected).isEmpty();

        receiver.window(10, 1000);
        answer("3");
        await().until(() -> poll(10).equals(List.of("3")));
    }

    @Test
    void LIF_3_goes_on_after_a_failure_and_a_pause() {
        QueueException away = new QueueException(ErrorCode.UNAVAILABLE, "away");
        receiver.answers.add(() -> {
            throw away;
        });
        receiver.window(10, 1000);
        await().until(() -> !backoffs().isEmpty());

        assertThat(heard.states).containsExactly("RECONNECTING");
        assertThat(heard.failures).containsExactly(away);
        assertThat(backoffs().get(0)).isBetween(Duration.ofMillis(50), Duration.ofMillis(100));
        assertThat(receiver.fetches).as("no fetch while it waits").hasValue(1);

        answer("1");
        config.timers.fire(backoffs().get(0));
        await().until(() -> poll(10).equals(List.of("1")));
        assertThat(heard.states).containsExactly("RECONNECTING", "WORKING");
    }

    @Test
    void ERR_1_explains_other_failures_and_survives_errors() {
        receiver.answers.add(() -> {
            throw new IOException("reset");
        });
        receiver.window(10, 1000);
        await().until(() -> backoffs().size() == 1);
        receiver.answers.add(() -> {
            throw new StackOverflowError();
        });
        config.timers.fire(backoffs().get(0));
        await().until(() -> backoffs().size() == 2);

        assertThat(heard.failures).extracting(QueueException::code).containsOnly(ErrorCode.UNAVAILABLE);
        assertThat(heard.failures.get(0))
                .hasMessage("consumer orders cannot fetch")
                .hasCauseInstanceOf(IOException.class);
        assertThat(heard.failures.get(1)).hasCauseInstanceOf(StackOverflowError.class);
        assertThat(receiver.threads).hasSize(1).allMatch(Thread::isAlive);
    }

    @Test
    void LIF_4_a_refusal_is_no_lost_connection() {
        receiver.answers.add(() -> {
            throw new QueueException(ErrorCode.NOT_FOUND, "no such queue");
        });
        receiver.window(10, 1000);
        await().until(() -> !backoffs().isEmpty());
        answer("1");
        config.timers.fire(backoffs().get(0));
        await().until(() -> poll(10).equals(List.of("1")));

        assertThat(heard.states).containsExactly("BLOCKED", "WORKING");
    }

    @Test
    void a_listener_that_throws_does_not_end_it() {
        heard.fails = true;
        receiver.answers.add(() -> {
            throw new IOException("reset");
        });
        receiver.window(10, 1000);
        await().until(() -> !backoffs().isEmpty());
        answer("1");
        config.timers.fire(backoffs().get(0));
        await().until(() -> poll(10).equals(List.of("1")));

        assertThat(heard.states).containsExactly("RECONNECTING", "WORKING");
    }

    @Test
    void a_failed_give_back_is_reported_and_left_to_the_lease() {
        receiver.window(10, 1000);
        answer("1");
        await().until(() -> heard.readable.get() == 1);
        receiver.giveBackFails = new IllegalStateException("reset");
        receiver.window(0, 0);
        await().until(() -> heard.states.contains("RECONNECTING"));
        receiver.giveBackFails = null;
        receiver.window(10, 1000);
        await().until(() -> !backoffs().isEmpty());
        answer("2");
        config.timers.fire(backoffs().get(0));

        await().until(() -> poll(10).equals(List.of("2")));
        assertThat(receiver.givenBack).isEmpty();
    }

    @Test
    void RCV_6_keeps_what_waits_leased_from_a_third_of_the_lease_on() {
        receiver.window(2, 1000);
        Delivery fresh = new FakeDelivery("fresh", 1, Duration.ofSeconds(20).toNanos() + 1);
        Delivery waiting = new FakeDelivery("waiting", 1, Duration.ofSeconds(20).toNanos());
        receiver.answers.add(() -> List.of(fresh, waiting));
        await().until(() -> heard.readable.get() == 1);

        config.timers.fire(LEASE_CHECK);

        await().until(() -> receiver.extended.equals(List.of("waiting")));
        assertThat(poll(10)).containsExactly("fresh", "waiting");
    }

    @Test
    void SET_2_does_not_hand_out_what_it_lost() {
        receiver.leasesLost = true;
        receiver.window(1, 1000);
        receiver.answers.add(() -> List.of(new FakeDelivery("1", 1, 1)));
        await().until(() -> heard.readable.get() == 1);

        int fetches = receiver.fetches.get();
        config.timers.fire(LEASE_CHECK);

        await().until(() -> receiver.fetches.get() > fetches);
        assertThat(poll(10)).isEmpty();
    }

    @Test
    void leases_of_a_session_are_left_alone() {
        receiver.window(1, 1000);
        answer("1");
        await().until(() -> heard.readable.get() == 1);
        config.nanos.set(Duration.ofDays(1).toNanos());
        config.timers.fire(LEASE_CHECK);
        receiver.window(0, 0);
        await().until(() -> !receiver.givenBack.isEmpty());

        assertThat(receiver.extended).isEmpty();
    }

    @Test
    void LIF_1_closing_gives_back_disconnects_and_ends_its_thread() throws Exception {
        receiver.window(10, 1000);
        answer("1", "2");
        await().until(() -> heard.readable.get() == 1);

        CompletionStage<Void> closed = receiver.close(LIMIT);
        closed.toCompletableFuture().get(10, TimeUnit.SECONDS);

        assertThat(receiver.givenBack).containsExactly("1", "2");
        assertThat(receiver.disconnected).containsExactly(LIMIT);
        assertThat(poll(10)).isEmpty();
        assertThat(receiver.threads).as("threads of all blocking calls").hasSize(1);
        await().until(() -> config.timers.pending().isEmpty());
        assertThat(receiver.close(Duration.ZERO)).isSameAs(closed);
        assertThat(receiver.disconnected).hasSize(1);
    }

    @Test
    void LIF_2_closing_disconnects_although_nothing_was_fetched() throws Exception {
        receiver.close(LIMIT).toCompletableFuture().get(10, TimeUnit.SECONDS);

        assertThat(receiver.disconnected).containsExactly(LIMIT);
        receiver.window(10, 1000);
        assertThat(receiver.fetches).hasValue(0);
    }

    @Test
    void LIF_2_closing_does_not_wait_for_the_back_off() throws Exception {
        receiver.answers.add(() -> {
            throw new IOException("reset");
        });
        receiver.window(10, 1000);
        await().until(() -> !backoffs().isEmpty());

        receiver.close(LIMIT).toCompletableFuture().get(10, TimeUnit.SECONDS);

        assertThat(receiver.disconnected).hasSize(1);
    }

    @Test
    void LIF_2_closing_ends_a_fetch_that_hangs_at_the_limit() throws Exception {
        CountDownLatch hanging = new CountDownLatch(1);
        receiver.answers.add(() -> {
            hanging.countDown();
            new CountDownLatch(1).await();
            return List.of();
        });
        receiver.window(10, 1000);
        assertThat(hanging.await(10, TimeUnit.SECONDS)).isTrue();
        CompletionStage<Void> closed = receiver.close(LIMIT);
        assertThat(closed.toCompletableFuture()).isNotDone();

        config.timers.fire(LIMIT);

        closed.toCompletableFuture().get(10, TimeUnit.SECONDS);
        await().until(() -> receiver.disconnected.size() == 1);
        assertThat(heard.states).doesNotContain("RECONNECTING");
    }

    @Test
    void a_close_that_fails_says_so_and_disconnects_all_the_same() {
        receiver.window(10, 1000);
        answer("1");
        await().until(() -> heard.readable.get() == 1);
        receiver.giveBackFails = new IllegalStateException("reset");

        assertThat(receiver.close(LIMIT))
                .failsWithin(Duration.ofSeconds(10))
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(QueueException.class)
                .withMessageContaining("consumer orders cannot close");
        assertThat(receiver.disconnected).hasSize(1);
    }

    private void answer(String... ids) {
        List<Delivery> deliveries = new ArrayList<>();
        for (String id : ids) {
            deliveries.add(new FakeDelivery(id, 1, Long.MAX_VALUE));
        }
        receiver.answers.add(() -> deliveries);
    }

    private List<String> poll(int max) {
        List<String> ids = new ArrayList<>();
        int unused =
                receiver.poll(max, 1000, delivery -> ids.add(delivery.message().id()));
        return ids;
    }

    private List<Duration> backoffs() {
        return config.timers.pending().stream()
                .map(ManualConfig.Timer::delay)
                .filter(delay -> delay.compareTo(Backoff.LONGEST) <= 0)
                .toList();
    }

    private static final class Heard implements ReceiverListener {
        final AtomicInteger readable = new AtomicInteger();
        final List<String> states = new CopyOnWriteArrayList<>();
        final List<QueueException> failures = new CopyOnWriteArrayList<>();
        volatile boolean fails;

        @Override
        public void readable() {
            readable.incrementAndGet();
            failIfAsked();
        }

        private void failIfAsked() {
            if (fails) {
                throw new IllegalStateException("a listener that throws");
            }
        }

        @Override
        public CompletionStage<Void> revoking(Object shard, long epoch, long untilNanos) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void lost(Object shard, long epoch) {}

        @Override
        public void state(State state, QueueException why) {
            states.add(state.name());
            if (why != null) {
                failures.add(why);
            }
            failIfAsked();
        }
    }
}
