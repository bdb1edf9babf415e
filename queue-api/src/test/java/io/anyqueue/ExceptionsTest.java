package io.anyqueue;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExceptionsTest {
    @Test
    void RTY_2_a_handler_says_how_its_failure_is_to_be_taken() {
        Throwable cause = new IOException();

        HandlingException permanent = HandlingException.permanent("gone", cause);
        assertThat(permanent.kind()).isEqualTo(HandlingException.Kind.PERMANENT);
        assertThat(permanent).hasMessage("gone").hasCause(cause);
        assertThat(permanent.delay()).isEmpty();
        assertThat(HandlingException.permanent("gone")).hasNoCause();

        HandlingException later = HandlingException.retryAfter(Duration.ofMinutes(5), null);
        assertThat(later.kind()).isEqualTo(HandlingException.Kind.RETRY_AFTER);
        assertThat(later.delay()).contains(Duration.ofMinutes(5));
        assertThat(later).hasNoCause();
        assertThat(HandlingException.retryAfter(Duration.ZERO, cause)).hasCause(cause);

        HandlingException busy = HandlingException.busy(Duration.ofSeconds(1));
        assertThat(busy.kind()).isEqualTo(HandlingException.Kind.BUSY);
        assertThat(busy.delay()).contains(Duration.ofSeconds(1));
    }

    @Test
    void refuses_wrong_delays_and_nulls() {
        Refused.invalid(() -> HandlingException.retryAfter(Duration.ofMillis(-1), null))
                .contains("delay is negative");
        Refused.invalid(() -> HandlingException.busy(null)).isEqualTo("delay is null");
        Refused.invalid(() -> HandlingException.busy(Duration.ofSeconds(Long.MAX_VALUE)))
                .contains("out of range");
        Refused.invalid(() -> HandlingException.permanent(null)).isEqualTo("reason is null");
    }

    @Test
    void SND_5_a_partial_send_lists_its_failures_by_index() {
        QueueException first = new QueueException(ErrorCode.TOO_LARGE, "large");
        QueueException second = new QueueException(ErrorCode.UNCONFIRMED, "lost");
        Map<Integer, QueueException> failures = new LinkedHashMap<>();
        failures.put(7, second);
        failures.put(2, first);

        PartialSendException partial = new PartialSendException("2 of 9", failures);
        failures.clear();

        assertThat(partial.failures()).containsExactly(Map.entry(2, first), Map.entry(7, second));
        assertThat(partial.failures()).isUnmodifiable();
        assertThat(partial.code()).isEqualTo(ErrorCode.TOO_LARGE);
        assertThat(partial).hasMessage("2 of 9").hasCause(first);
        assertThat(partial.maybeStored()).isTrue();
        assertThat(new PartialSendException("1", Map.of(0, first)).maybeStored())
                .isFalse();
        Refused.invalid(() -> new PartialSendException("0", Map.of())).isEqualTo("failures is empty");
    }

    @Test
    void ERR_1_the_code_says_whether_trying_again_can_help() {
        assertThat(new QueueException(ErrorCode.UNAVAILABLE, "x").retryable()).isTrue();
        assertThat(new QueueException(ErrorCode.FORBIDDEN, "x").retryable()).isFalse();
        assertThat(new QueueException(ErrorCode.UNCONFIRMED, "x").maybeStored()).isTrue();
        assertThat(new QueueException(ErrorCode.TIMEOUT, "x").maybeStored()).isFalse();
        assertThat(new QueueException(ErrorCode.INTERRUPTED, "x", null, true).maybeStored())
                .isTrue();
    }

    @Test
    void a_breaker_refuses_values_out_of_range() {
        CircuitBreaker breaker = CircuitBreaker.standard();
        Duration second = Duration.ofSeconds(1);

        assertThat(breaker.failureRate(1).pause(second, second)).isEqualTo(new CircuitBreaker(1, second, second));
        Refused.invalid(() -> breaker.failureRate(0)).contains("failureRate", "is 0");
        Refused.invalid(() -> breaker.failureRate(1.01)).contains("failureRate");
        Refused.invalid(() -> breaker.failureRate(Double.NaN)).contains("failureRate");
        Refused.invalid(() -> breaker.pause(Duration.ZERO, second)).contains("minimumPause");
        Refused.invalid(() -> breaker.pause(second, Duration.ofMillis(1))).contains("maximumPause", "less than");
    }
}
