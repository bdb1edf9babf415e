package io.anyqueue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CapabilitiesTest {
    private static final Limits LIMITS = new Limits(
            1,
            Limits.UNLIMITED,
            Limits.UNLIMITED,
            Limits.UNLIMITED,
            1,
            1,
            Duration.ZERO,
            Duration.ZERO,
            Duration.ZERO,
            Duration.ZERO);

    private final Map<Feature, Support> features = new EnumMap<>(Map.of(
            Feature.TOPICS, Support.NATIVE,
            Feature.DELAYED_SEND, Support.emulated("a delay queue"),
            Feature.REPLAY, Support.absent("a queue forgets", "use Kafka")));
    private final Capabilities capabilities = new Capabilities("RabbitMQ 4.1", features, LIMITS, LeaseModel.SESSION);

    @Test
    void CAP_1_native_and_emulated_are_to_be_had() {
        assertThat(capabilities.has(Feature.TOPICS)).isTrue();
        assertThat(capabilities.has(Feature.DELAYED_SEND)).isTrue();
        assertThat(capabilities.has(Feature.REPLAY)).isFalse();
        assertThatCode(() -> capabilities.require(Feature.TOPICS, "x")).doesNotThrowAnyException();
        assertThatCode(() -> capabilities.require(Feature.DELAYED_SEND, "x")).doesNotThrowAnyException();
    }

    @Test
    void CAP_1_a_refusal_names_who_asks_the_broker_the_reason_and_the_remedy() {
        Refused.with(ErrorCode.UNSUPPORTED, () -> capabilities.require(Feature.REPLAY, "consumer audit"))
                .isEqualTo("consumer audit needs REPLAY, which RabbitMQ 4.1 does not have: a queue forgets; use Kafka");
    }

    @Test
    void what_is_not_declared_is_absent() {
        assertThat(capabilities.support(Feature.BROWSE)).isInstanceOf(Support.Absent.class);
        Refused.with(ErrorCode.UNSUPPORTED, () -> capabilities.require(Feature.BROWSE, "x"))
                .contains("does not declare");
    }

    @Test
    void later_changes_of_the_map_change_nothing() {
        features.put(Feature.REPLAY, Support.NATIVE);

        assertThat(capabilities.has(Feature.REPLAY)).isFalse();
    }

    @Test
    void an_absence_must_be_explained() {
        Refused.invalid(() -> Support.absent(" ", "x")).isEqualTo("reason is blank");
        Refused.invalid(() -> Support.absent("x", "")).isEqualTo("remedy is blank");
        Refused.invalid(() -> Support.emulated(null)).isEqualTo("how is null");
    }
}
