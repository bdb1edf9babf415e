package io.anyqueue.rabbitmq.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.rabbitmq.internal.Settings.Sasl;
import io.anyqueue.spi.TlsOptions;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
    @Test
    void hasDefaults() {
        assertThat(settings("", Map.of()))
                .isEqualTo(new Settings(
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(10),
                        16 * 1024 * 1024,
                        Sasl.PLAIN,
                        Duration.ofSeconds(2)));
    }

    @Test
    void takesParametersAndPropertiesByTheSameNames() {
        Settings settings = settings(
                "?connect-timeout=PT2S&rpc-timeout=PT3S&sasl=external&heartbeat=PT5S",
                Map.of(
                        "confirm-timeout",
                        "PT4S",
                        "max-message-bytes",
                        "134217728",
                        "heartbeat",
                        "PT5S",
                        "new-queue-wait",
                        "PT0S"));
        assertThat(settings)
                .isEqualTo(new Settings(
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(4),
                        Duration.ofSeconds(5),
                        128 * 1024 * 1024,
                        Sasl.EXTERNAL,
                        Duration.ZERO));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    connect-timeout   | 10         | connect-timeout must be a duration such as PT10S, is '10'
                    connect-timeout   | PT0S       | connect-timeout must be a duration of PT0.1S to PT10M, such as PT10S, is 'PT0S'
                    connect-timeout   | -PT1S      | connect-timeout must be
                    confirm-timeout   | PT11M      | confirm-timeout must be
                    rpc-timeout       | ''         | rpc-timeout must be
                    heartbeat         | PT1.5S     | heartbeat must be whole seconds from PT1S to PT60S, is 'PT1.5S'
                    heartbeat         | PT61S      | heartbeat must be
                    heartbeat         | -PT1S      | heartbeat must be
                    heartbeat         | PT0.0000001S | heartbeat must be
                    max-message-bytes | 16MB       | max-message-bytes must be a whole number of bytes
                    max-message-bytes | 0          | max-message-bytes must be
                    max-message-bytes | 536870913  | max-message-bytes must be
                    max-message-bytes | 9999999999 | max-message-bytes must be
                    sasl              | EXTERNAL   | sasl must be plain or external, is 'EXTERNAL'
                    conect-timeout    | PT1S       | no setting 'conect-timeout'; it has connect-timeout, rpc-timeout,
                    auto-ack          | true       | no setting 'auto-ack'
                    """)
    void refusesWhatIsWrong(String name, String value, String message) {
        assertThatExceptionOfType(QueueException.class)
                .isThrownBy(() -> settings("", Map.of(name, value)))
                .withMessageContaining(message)
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
    }

    @Test
    void refusesTwoValuesForOneName() {
        assertThatExceptionOfType(QueueException.class)
                .isThrownBy(() -> settings("?heartbeat=PT5S", Map.of("heartbeat", "PT6S")))
                .withMessageContaining("'heartbeat' is set in the URL and also below anyqueue.native")
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
    }

    @Test
    void refusesToBeDeaf() {
        assertThatExceptionOfType(QueueException.class)
                .isThrownBy(() -> settings("?heartbeat=PT0S", Map.of()))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED));
    }

    private static Settings settings(String query, Map<String, String> properties) {
        return Settings.of(new ConnectConfig("amqp://host" + query, properties, TlsOptions.DEFAULT));
    }
}
