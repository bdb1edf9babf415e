package io.anyqueue.samples.programs;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.DeadLetter;
import io.anyqueue.QueueSpec;
import io.anyqueue.samples.programs.P05_Webhook.Hook;
import io.anyqueue.test.TestQueues;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** In virtual time: hours pass in milliseconds, and everything runs on the test's own thread. */
class P05_WebhookTest {
    private final TestQueues queues = new TestQueues();
    private final Instant start = queues.clock().instant();
    private final List<Duration> calls = new ArrayList<>();

    @AfterEach
    void close() {
        queues.close();
    }

    @Test
    void postsAfterAnHourAndNotBefore() {
        run(call -> 200);
        queues.advance(Duration.ofMinutes(59));
        assertThat(calls).isEmpty();
        queues.advance(Duration.ofHours(100));
        assertThat(calls)
                .hasSize(1)
                .first()
                .satisfies(at -> assertThat(at).isBetween(Duration.ofHours(1), Duration.ofMinutes(61)));
        assertThat(dead()).isEmpty();
    }

    @Test
    void doesAsTooManyRequestsAsksWithoutCountingIt() {
        run(call -> call <= 2 ? 429 : 200);
        queues.advance(Duration.ofHours(100));
        assertThat(calls).hasSize(3);
        assertThat(calls.get(1).minus(calls.get(0))).isBetween(Duration.ofMinutes(5), Duration.ofMinutes(6));
        assertThat(calls.get(2).minus(calls.get(1))).isBetween(Duration.ofMinutes(5), Duration.ofMinutes(6));
        assertThat(dead()).isEmpty();
    }

    @Test
    void givesUpAtOnceWhatIsGone() {
        run(call -> 410);
        queues.advance(Duration.ofHours(2));
        assertThat(calls).hasSize(1);
        assertThat(dead()).singleElement().satisfies(letter -> {
            assertThat(letter.reason()).isEqualTo("PERMANENT");
            assertThat(letter.error()).isEqualTo("gone");
        });
    }

    @Test
    void triesForSeventyTwoHoursThenKeepsItAsADeadLetter() {
        run(call -> 503);
        queues.advance(Duration.ofDays(3));
        assertThat(calls).hasSizeGreaterThan(10);
        assertThat(calls.get(1).minus(calls.get(0))).isBetween(Duration.ofSeconds(30), Duration.ofSeconds(37));
        queues.advance(Duration.ofHours(1000));
        assertThat(calls.get(calls.size() - 1).minus(calls.get(0)))
                .isBetween(
                        Duration.ofHours(60),
                        Duration.ofDays(3).plus(Duration.ofHours(6).dividedBy(5)));
        assertThat(dead()).singleElement().satisfies(letter -> {
            assertThat(letter.reason()).isEqualTo("EXHAUSTED");
            assertThat(letter.error()).isEqualTo("status 503");
            assertThat(letter.attempts()).isEqualTo(calls.size());
        });
    }

    /** @param status what is answered to the first call, the second, and so on */
    private void run(IntUnaryOperator status) {
        P05_Webhook.run(queues.client(), (url, body) -> {
            assertThat(url).isEqualTo("https://x");
            assertThat(body).isEqualTo("{}");
            calls.add(Duration.between(start, queues.clock().instant()));
            return status.applyAsInt(calls.size());
        });
    }

    private List<DeadLetter> dead() {
        return queues.dead(QueueSpec.of("webhooks", Hook.class));
    }
}
