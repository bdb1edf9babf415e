package io.anyqueue;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofDays;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofNanos;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {
    @Test
    void RTY_1_the_standard_runs_a_handler_8_times() {
        RetryPolicy policy = RetryPolicy.standard();

        assertThat(policy.inPlaceRetries()).isEqualTo(2);
        assertThat(delays(policy))
                .containsExactly(ofSeconds(5), ofSeconds(30), ofMinutes(2), ofMinutes(10), ofMinutes(30));
        assertThat(policy.maxAttempts()).hasValue(8);
        assertThat(policy.delayAfter(8, ZERO)).isEmpty();
        assertThat(policy.isDelayed()).isTrue();
        assertThat(policy.isBlocking()).isFalse();
        assertThat(policy.isBounded()).isTrue();
        assertThat(policy.total()).isEmpty();
    }

    @Test
    void the_standard_of_an_ordered_source_blocks() {
        RetryPolicy policy = RetryPolicy.standardOrdered();

        assertThat(delays(policy)).containsExactly(ofMillis(200), ofSeconds(2), ofSeconds(20));
        assertThat(policy.inPlaceRetries()).isEqualTo(2);
        assertThat(policy.maxAttempts()).hasValue(6);
        assertThat(policy.isBlocking()).isTrue();
        assertThat(policy.isDelayed()).isFalse();
    }

    @Test
    void none_runs_once() {
        RetryPolicy policy = RetryPolicy.none();

        assertThat(policy.maxAttempts()).hasValue(1);
        assertThat(policy.delayAfter(1, ZERO)).isEmpty();
        assertThat(policy.isDelayed()).isFalse();
        assertThat(policy.isBounded()).isTrue();
    }

    @Test
    void in_place_alone_is_not_delayed() {
        RetryPolicy policy = RetryPolicy.none().inPlace(3);

        assertThat(policy.maxAttempts()).hasValue(4);
        assertThat(policy.isDelayed()).isFalse();
        assertThat(policy.delayAfter(4, ZERO)).isEmpty();
    }

    @Test
    void attempts_repeat_the_last_delay_or_cut_the_list() {
        assertThat(delays(RetryPolicy.delays(ofSeconds(1), ofSeconds(2)).attempts(5)))
                .containsExactly(ofSeconds(1), ofSeconds(2), ofSeconds(2), ofSeconds(2));
        assertThat(delays(RetryPolicy.standard().attempts(4))).containsExactly(ofSeconds(5));
        assertThat(RetryPolicy.standard().attempts(4).maxAttempts()).hasValue(4);
    }

    @Test
    void attempts_cut_the_retries_in_place() {
        RetryPolicy policy = RetryPolicy.standard().attempts(2);

        assertThat(policy.inPlaceRetries()).isEqualTo(1);
        assertThat(policy.maxAttempts()).hasValue(2);
        assertThat(policy.delayAfter(2, ZERO)).isEmpty();
        assertThat(policy.isDelayed()).isFalse();
    }

    @Test
    void attempts_without_delays_promise_no_more_runs_than_there_are() {
        RetryPolicy policy = RetryPolicy.none().inPlace(1).attempts(5);

        assertThat(policy.maxAttempts()).hasValue(2);
        assertThat(policy.delayAfter(2, ZERO)).isEmpty();
        assertThat(RetryPolicy.none().inPlace(5).attempts(3).maxAttempts()).hasValue(3);
    }

    @Test
    void within_ends_the_retries_by_time() {
        RetryPolicy policy =
                RetryPolicy.exponential(ofSeconds(30), 2, ofHours(6)).within(ofDays(3));

        assertThat(policy.isBounded()).isTrue();
        assertThat(policy.maxAttempts()).isEmpty();
        assertThat(policy.total()).contains(ofDays(3));
        assertThat(policy.delayAfter(1, ZERO)).contains(ofSeconds(30));
        assertThat(policy.delayAfter(100, ofHours(66))).contains(ofHours(6));
        assertThat(policy.delayAfter(100, ofHours(66).plusMillis(1))).isEmpty();
    }

    @Test
    void within_adds_no_retry_to_listed_delays() {
        RetryPolicy policy = RetryPolicy.standard().within(ofDays(3));

        assertThat(policy.maxAttempts()).hasValue(8);
        assertThat(policy.delayAfter(8, ofMinutes(43))).isEmpty();
        assertThat(policy.delayAfter(7, ofDays(3))).isEmpty();
    }

    @Test
    void an_exponential_policy_grows_to_its_longest_delay() {
        RetryPolicy policy =
                RetryPolicy.exponential(ofSeconds(30), 2, ofMinutes(3)).inPlace(1);

        assertThat(policy.delayAfter(2, ZERO)).contains(ofSeconds(30));
        assertThat(policy.delayAfter(3, ZERO)).contains(ofMinutes(1));
        assertThat(policy.delayAfter(4, ZERO)).contains(ofMinutes(2));
        assertThat(policy.delayAfter(5, ZERO)).contains(ofMinutes(3));
        assertThat(policy.delayAfter(Integer.MAX_VALUE, ZERO)).contains(ofMinutes(3));
    }

    @Test
    void an_exponential_policy_is_unbounded_until_told_otherwise() {
        RetryPolicy policy = RetryPolicy.exponential(ofSeconds(1), 2, ofSeconds(9));

        assertThat(policy.isBounded()).isFalse();
        assertThat(policy.maxAttempts()).isEmpty();
        assertThat(policy.attempts(3).isBounded()).isTrue();
        assertThat(policy.attempts(3).maxAttempts()).hasValue(3);
        assertThat(policy.within(ofHours(1)).isBounded()).isTrue();
    }

    @Test
    void an_exponential_delay_is_never_rounded_down() {
        assertThat(RetryPolicy.exponential(ofNanos(1), 1, ofSeconds(1)).delayAfter(1, ZERO))
                .contains(ofMillis(1));
        assertThat(RetryPolicy.exponential(ofMillis(3), 1.5, ofSeconds(1)).delayAfter(2, ZERO))
                .contains(ofMillis(5));
    }

    @Test
    void RTY_2_permanent_failures_are_known_by_class_and_cause() {
        RetryPolicy policy = RetryPolicy.none().permanent(IOException.class).permanent(ArithmeticException.class);

        assertThat(policy.isPermanent(new FileNotFoundException())).isTrue();
        assertThat(policy.isPermanent(new RuntimeException(new IOException()))).isTrue();
        assertThat(policy.isPermanent(new ArithmeticException())).isTrue();
        assertThat(policy.isPermanent(new IllegalStateException())).isFalse();
        assertThat(RetryPolicy.none().isPermanent(new IOException())).isFalse();
    }

    @Test
    void a_loop_of_causes_ends() {
        Exception first = new Exception();
        first.initCause(new Exception(first));

        assertThat(RetryPolicy.none().permanent(IOException.class).isPermanent(first))
                .isFalse();
    }

    @Test
    void each_setting_gives_a_new_policy() {
        RetryPolicy policy = RetryPolicy.none();
        RetryPolicy unused = policy.inPlace(1).attempts(9).within(ofHours(1)).permanent(IOException.class);

        assertThat(policy.inPlaceRetries()).isZero();
        assertThat(policy.maxAttempts()).hasValue(1);
        assertThat(policy.total()).isEmpty();
        assertThat(policy.isPermanent(new IOException())).isFalse();
    }

    @Test
    void row_37_refuses_wrong_values() {
        Refused.invalid(() -> RetryPolicy.none().attempts(0)).isEqualTo("attempts must be 1 or more, is 0");
        Refused.invalid(() -> RetryPolicy.none().attempts(-1)).contains("-1");
        Refused.invalid(() -> RetryPolicy.none().inPlace(-1)).contains("0 to 10, is -1");
        Refused.invalid(() -> RetryPolicy.none().inPlace(11)).contains("0 to 10, is 11");
        Refused.invalid(() -> RetryPolicy.none().within(ZERO)).contains("within must be more than zero");
        Refused.invalid(() -> RetryPolicy.delays(ofSeconds(-1))).contains("delay is negative");
        Refused.invalid(() -> RetryPolicy.delays(ofSeconds(1), null)).isEqualTo("delay is null");
        Refused.invalid(() -> RetryPolicy.blocking((Duration[]) null)).isEqualTo("delays is null");
        Refused.invalid(() -> RetryPolicy.none().permanent((Class<? extends Throwable>) null))
                .isEqualTo("type is null");
        Refused.invalid(() -> RetryPolicy.exponential(ZERO, 2, ofSeconds(1))).contains("first must be more than zero");
        Refused.invalid(() -> RetryPolicy.exponential(ofSeconds(2), 2, ofSeconds(1)))
                .contains("less than first");
        Refused.invalid(() -> RetryPolicy.exponential(ofSeconds(1), 0.5, ofSeconds(1)))
                .contains("factor");
        Refused.invalid(() -> RetryPolicy.exponential(ofSeconds(1), Double.NaN, ofSeconds(1)))
                .contains("factor");
        Refused.invalid(() -> RetryPolicy.exponential(ofSeconds(1), Double.POSITIVE_INFINITY, ofSeconds(1)))
                .contains("factor");
    }

    private static List<Duration> delays(RetryPolicy policy) {
        List<Duration> delays = new ArrayList<>();
        int failures = policy.inPlaceRetries() + 1;
        for (Optional<Duration> delay = policy.delayAfter(failures, ZERO);
                delay.isPresent();
                delay = policy.delayAfter(++failures, ZERO)) {
            delays.add(delay.get());
        }
        return delays;
    }
}
