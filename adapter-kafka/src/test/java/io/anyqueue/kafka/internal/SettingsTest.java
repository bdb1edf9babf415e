package io.anyqueue.kafka.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.kafka.Configs;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
    private static Settings settings(String url) {
        return Settings.of(Configs.config(url));
    }

    @Test
    void hasDefaults() {
        Settings settings = settings("kafka://host");
        assertThat(settings.connectTimeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(settings.confirmTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(settings.sessionTimeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(settings.maxMessageBytes()).isEqualTo(1024 * 1024);
        assertThat(settings.partitions()).isEqualTo(4);
        assertThat(settings.client().all()).isEqualTo(Map.of());
    }

    @Test
    void tellsItsOwnFromTheLibrarys() {
        Settings settings = settings("kafka://host?partitions=7&compression.type=lz4&group.protocol=consumer");
        assertThat(settings.partitions()).isEqualTo(7);
        assertThat(settings.client().all()).containsOnlyKeys("compression.type", "group.protocol");
        assertThat(settings.sessionTimeout()).isEqualTo(Duration.ofSeconds(45));
    }

    @ParameterizedTest
    @CsvSource({
        "connect-timeout=10",
        "confirm-timeout=PT0S",
        "session-timeout=-PT1S",
        "drain-timeout=PT11M",
        "max-message-bytes=0",
        "max-message-bytes=99999999999",
        "partitions=0",
        "partitions=1001",
        "replicas=0",
        "consume=both",
        "lock-duration=PT0S",
        "no-such-thing=1"
    })
    void refusesWhatIsWrong(String parameter) {
        assertThatExceptionOfType(QueueException.class)
                .isThrownBy(() -> settings("kafka://host?" + parameter))
                .withMessageContaining(parameter.substring(0, parameter.indexOf('=')))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
    }

    @ParameterizedTest
    @CsvSource({
        "kafka:name",
        "kafka://host/path",
        "kafka://host?sasl.mechanism=PLAIN",
        "kafka://host?security.protocol=SSL"
    })
    void refusesUrlsAndSettingsThatDoNotGoTogether(String url) {
        assertThatExceptionOfType(QueueException.class)
                .isThrownBy(() -> new Clients(Configs.config(url)))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
    }
}
