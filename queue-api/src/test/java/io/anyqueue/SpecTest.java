package io.anyqueue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpecTest {
    private static final QueueSpec<String> QUEUE = QueueSpec.of("orders", String.class);
    private static final TopicSpec<String> TOPIC = TopicSpec.of("events", String.class);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "7",
                "Orders_1-x",
                "a-b",
                "dlq",
                "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff123"
            })
    void takes_legal_names(String name) {
        assertThat(QueueSpec.of(name, String.class).name()).isEqualTo(name);
        assertThat(TopicSpec.of(name, String.class).name()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff1234",
                "a/b",
                "a b",
                "a#",
                "a*",
                "ä",
                "a..b",
                ".",
                "..",
                "a.b",
                "_a",
                "-a",
                "a-",
                "a--b",
                "amq.foo",
                "foo.fifo",
                "__consumer_offsets",
                "{a}",
                "a\n"
            })
    void refuses_illegal_names(String name) {
        Refused.invalid(() -> QueueSpec.of(name, String.class)).contains("queue name", "1 to 63 of A-Z a-z 0-9 _ -");
        Refused.invalid(() -> TopicSpec.of(name, String.class)).contains("topic name", "physicalName");
    }

    @Test
    void refuses_missing_names() {
        Refused.invalid(() -> QueueSpec.of(null, String.class)).isEqualTo("queue name is null");
        Refused.invalid(() -> QueueSpec.of("", String.class)).isEqualTo("queue name is blank");
        Refused.invalid(() -> TopicSpec.of(" ", String.class)).isEqualTo("topic name is blank");
        Refused.invalid(() -> QUEUE.physicalName("")).contains("physicalName is blank");
        Refused.invalid(() -> TOPIC.physicalName(null)).contains("physicalName is null");
    }

    @Test
    void shows_a_hostile_name_cut_and_without_control_characters() {
        Refused.invalid(() -> QueueSpec.of("a\r\n\u202e" + "x".repeat(1000), String.class))
                .contains("'a???xxx")
                .doesNotContain("\n")
                .hasSizeLessThan(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"dlq", "retry", "delay", "replies", "s0", "s15"})
    void refuses_reserved_subscription_names(String name) {
        Refused.invalid(() -> SpecNames.subscription(name)).contains("'" + name + "' is reserved");
    }

    @Test
    void takes_other_subscription_names() {
        assertThat(SpecNames.subscription("s")).isEqualTo("s");
        assertThat(SpecNames.subscription("s1x")).isEqualTo("s1x");
        assertThat(SpecNames.subscription("DLQ")).isEqualTo("DLQ");
        Refused.invalid(() -> SpecNames.subscription("a--b")).contains("subscription name");
    }

    @Test
    void each_setting_gives_a_new_spec() {
        Function<String, String> key = text -> text;
        QueueSpec<String> changed = QUEUE.orderedBy(key).priorities(3).physicalName("orders.fifo");

        assertThat(changed.key()).containsSame(key);
        assertThat(changed.priorities()).isEqualTo(3);
        assertThat(changed.physicalName()).contains("orders.fifo");
        assertThat(changed.type()).isEqualTo(String.class);
        assertThat(changed.types().names()).containsExactly("string");
        assertThat(changed).hasToString("queue orders");
        assertThat(QUEUE.key()).isEmpty();
        assertThat(QUEUE.priorities()).isEqualTo(1);
        assertThat(QUEUE.physicalName()).isEmpty();
    }

    @Test
    void each_setting_gives_a_new_topic_spec() {
        Function<String, String> key = text -> text;
        TopicSpec<String> changed =
                TOPIC.orderedBy(key).retained(Duration.ofDays(7)).physicalName("com.acme.events");

        assertThat(changed.key()).containsSame(key);
        assertThat(changed.retained()).contains(Duration.ofDays(7));
        assertThat(changed.physicalName()).contains("com.acme.events");
        assertThat(changed).hasToString("topic events");
        assertThat(TOPIC.key()).isEmpty();
        assertThat(TOPIC.retained()).isEmpty();
    }

    @Test
    void refuses_wrong_settings() {
        Refused.invalid(() -> QUEUE.priorities(0)).contains("1 to 32, is 0");
        Refused.invalid(() -> QUEUE.priorities(33)).contains("1 to 32, is 33");
        assertThat(QUEUE.priorities(32).priorities()).isEqualTo(32);
        Refused.invalid(() -> QUEUE.orderedBy(null)).isEqualTo("key is null");
        Refused.invalid(() -> TOPIC.orderedBy(null)).isEqualTo("key is null");
        Refused.invalid(() -> TOPIC.retained(Duration.ZERO)).contains("retained must be more than zero");
        Refused.invalid(() -> TOPIC.retained(null)).isEqualTo("retained is null");
        Refused.invalid(() -> QueueSpec.of("orders", null)).isEqualTo("type is null");
    }
}
