package io.anyqueue.core.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.HandlingException;
import io.anyqueue.RetryPolicy;
import io.anyqueue.WhenExhausted;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** What becomes of a delivery whose handler failed (rules RTY-1, RTY-2), decision by decision. */
class FailurePolicyTest {
    private final IOException failure = new IOException("not now");

    private static FailurePolicy unordered(RetryPolicy retry) {
        return new FailurePolicy(retry, false, WhenExhausted.DEAD_LETTER, ThreadLocalRandom::current);
    }

    private static FailurePolicy ordered(RetryPolicy retry) {
        return new FailurePolicy(retry, true, WhenExhausted.DEAD_LETTER, ThreadLocalRandom::current);
    }

    private Outcome decide(FailurePolicy policy, int attempts) {
        return policy.decide(failure, attempts, Duration.ZERO);
    }

    private static Duration retryDelay(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Retry.class);
        return ((Outcome.Retry) outcome).after();
    }

    private static Duration holdDelay(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Hold.class);
        return ((Outcome.Hold) outcome).after();
    }

    @Test
    void RTY_1_the_standard_policy_runs_eight_times_two_of_them_in_place() {
        FailurePolicy policy = unordered(RetryPolicy.standard());
        List<String> seconds = new ArrayList<>();
        for (int attempts = 1; attempts <= 8; attempts++) {
            Outcome outcome = decide(policy, attempts);
            seconds.add(
                    outcome instanceof Outcome.Retry retry
                            ? nominal(retry.after(), 5, 30, 120, 600, 1800)
                            : outcome.getClass().getSimpleName());
        }
        assertThat(seconds).containsExactly("Hold", "Hold", "5", "30", "120", "600", "1800", "DeadLetter");
    }

    /** Names the configured delay that an actual one comes from: never less, at most a fifth more. */
    private static String nominal(Duration actual, long... seconds) {
        for (long candidate : seconds) {
            Duration floor = Duration.ofSeconds(candidate);
            if (actual.compareTo(floor) >= 0 && actual.compareTo(floor.plus(floor.dividedBy(5))) <= 0) {
                return Long.toString(candidate);
            }
        }
        return "none of them: " + actual;
    }

    @Test
    void RTY_1_in_place_waits_50_to_500_ms() {
        FailurePolicy policy = unordered(RetryPolicy.standard());
        for (int i = 0; i < 200; i++) {
            assertThat(holdDelay(decide(policy, 1))).isBetween(Duration.ofMillis(50), Duration.ofMillis(500));
        }
    }

    @Property(tries = 200)
    void RTY_1_the_number_of_runs_is_the_policys(
            @ForAll @IntRange(max = 5) int inPlace,
            @ForAll @Size(max = 6) List<@IntRange(max = 100_000) Integer> millis) {
        Duration[] delays = millis.stream().map(Duration::ofMillis).toArray(Duration[]::new);
        FailurePolicy policy = unordered(RetryPolicy.delays(delays).inPlace(inPlace));
        int runs = 1;
        for (Outcome outcome = decide(policy, runs); !(outcome instanceof Outcome.DeadLetter); ) {
            assertThat(policy.isExhausted(runs)).isFalse();
            if (runs > inPlace) {
                assertThat(retryDelay(outcome)).isGreaterThanOrEqualTo(delays[runs - inPlace - 1]);
            }
            runs++;
            outcome = decide(policy, runs);
        }
        assertThat(runs).isEqualTo(1 + inPlace + delays.length);
        assertThat(policy.isExhausted(runs)).isTrue();
    }

    @Test
    void RTY_1_attempts_cut_retries_in_place_short_too() {
        FailurePolicy policy = unordered(RetryPolicy.standard().attempts(2));
        assertThat(decide(policy, 1)).isInstanceOf(Outcome.Hold.class);
        assertThat(decide(policy, 2)).isInstanceOf(Outcome.DeadLetter.class);
        assertThat(decide(unordered(RetryPolicy.standard().attempts(1)), 1)).isInstanceOf(Outcome.DeadLetter.class);
    }

    @Test
    void RTY_1_within_is_the_only_age_limit() {
        Duration second = Duration.ofSeconds(1);
        FailurePolicy policy =
                unordered(RetryPolicy.exponential(second, 1, second).within(Duration.ofHours(1)));
        assertThat(policy.decide(failure, 3_000, Duration.ofMinutes(59))).isInstanceOf(Outcome.Retry.class);
        assertThat(policy.decide(failure, 2, Duration.ofHours(1))).isInstanceOf(Outcome.DeadLetter.class);
        FailurePolicy none = unordered(RetryPolicy.delays(second));
        assertThat(none.decide(failure, 1, Duration.ofDays(400))).isInstanceOf(Outcome.Retry.class);
    }

    @Test
    void RTY_2_permanent_failures_skip_the_retries() {
        FailurePolicy policy = unordered(RetryPolicy.standard().permanent(IllegalArgumentException.class));
        Throwable declared = new RuntimeException(new NumberFormatException("a cause counts, and a subclass"));
        assertThat(policy.decide(declared, 1, Duration.ZERO))
                .isEqualTo(new Outcome.DeadLetter(DeadLetterReason.PERMANENT, declared));
        Throwable said = HandlingException.permanent("no customer");
        assertThat(policy.decide(said, 1, Duration.ZERO))
                .isEqualTo(new Outcome.DeadLetter(DeadLetterReason.PERMANENT, said));
        assertThat(policy.decide(new IllegalStateException(), 1, Duration.ZERO)).isInstanceOf(Outcome.Hold.class);
    }

    @Test
    void RTY_2_retry_after_and_busy_are_no_attempts_and_wait_as_they_say() {
        FailurePolicy policy = unordered(RetryPolicy.none());
        Duration minute = Duration.ofMinutes(1);
        for (Throwable later : List.of(HandlingException.busy(minute), HandlingException.retryAfter(minute, null))) {
            assertThat(FailurePolicy.counts(later)).isFalse();
            assertThat(policy.decide(later, 1_000, Duration.ofDays(1))).isEqualTo(new Outcome.Release(minute));
        }
        assertThat(FailurePolicy.counts(HandlingException.permanent("x"))).isTrue();
        assertThat(FailurePolicy.counts(failure)).isTrue();
        assertThat(FailurePolicy.counts(new StackOverflowError())).isTrue();
    }

    @Test
    void ORD_1_on_an_ordered_source_whatever_waits_keeps_its_lane() {
        FailurePolicy policy = ordered(RetryPolicy.standardOrdered());
        Duration minute = Duration.ofMinutes(1);
        assertThat(policy.decide(HandlingException.busy(minute), 0, Duration.ZERO))
                .isEqualTo(new Outcome.Hold(minute));
        List<Long> millis = new ArrayList<>();
        for (int attempts = 3; attempts <= 5; attempts++) {
            millis.add(holdDelay(decide(policy, attempts)).toMillis());
        }
        assertThat(millis.get(0)).isBetween(200L, 240L);
        assertThat(millis.get(1)).isBetween(2_000L, 2_400L);
        assertThat(millis.get(2)).isBetween(20_000L, 24_000L);
        assertThat(decide(policy, 6)).isInstanceOf(Outcome.DeadLetter.class);
    }

    @Test
    void RTY_1_what_is_exhausted_is_dead_lettered_or_dropped_as_asked() {
        FailurePolicy keeping = unordered(RetryPolicy.none());
        assertThat(decide(keeping, 1)).isEqualTo(new Outcome.DeadLetter(DeadLetterReason.EXHAUSTED, failure));
        FailurePolicy dropping =
                new FailurePolicy(RetryPolicy.none(), false, WhenExhausted.DROP, ThreadLocalRandom::current);
        assertThat(decide(dropping, 1)).isEqualTo(new Outcome.Drop(Outcome.Drop.Why.EXHAUSTED, failure));
    }

    @Test
    void RTY_2_a_permanent_failure_is_kept_even_where_exhausted_ones_are_dropped() {
        FailurePolicy dropping =
                new FailurePolicy(RetryPolicy.none(), false, WhenExhausted.DROP, ThreadLocalRandom::current);
        assertThat(dropping.decide(HandlingException.permanent("x"), 1, Duration.ZERO))
                .isInstanceOf(Outcome.DeadLetter.class);
    }

    @Test
    void RTY_1_jitter_only_ever_adds_and_spreads() {
        FailurePolicy policy = unordered(RetryPolicy.delays(Duration.ofSeconds(100)));
        List<Long> delays = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            delays.add(retryDelay(decide(policy, 1)).toMillis());
        }
        assertThat(delays)
                .allSatisfy(millis ->
                        assertThat(millis).isBetween(TimeUnit.SECONDS.toMillis(100), TimeUnit.SECONDS.toMillis(120)));
        assertThat(delays).as("spread").anySatisfy(millis -> assertThat(millis).isGreaterThan(110_000L));
    }
}
