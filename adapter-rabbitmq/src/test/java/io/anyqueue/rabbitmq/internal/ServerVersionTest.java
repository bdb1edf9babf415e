package io.anyqueue.rabbitmq.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerVersionTest {
    @ParameterizedTest
    @CsvSource({
        "3.10.8, 3.10",
        "3.9.29, 3.9",
        "4.0.0-beta.4, 4.0",
        "4.3.1+12.gabcdef, 4.3",
        "4.1, 4.1",
        "'', 0.0",
        "unknown, 0.0",
        "3, 0.0",
        "123456789012.3, 0.0"
    })
    void readsWhatServersCallThemselves(String text, String version) {
        assertThat(ServerVersion.of(Map.of("version", text))).hasToString(version);
    }

    @Test
    void comparesNumbersAndNotLetters() {
        assertThat(new ServerVersion(3, 9)).isLessThan(ServerVersion.OLDEST);
        assertThat(new ServerVersion(4, 0)).isGreaterThan(ServerVersion.OLDEST);
        assertThat(new ServerVersion(4, 3).isAtLeast(4, 3)).isTrue();
        assertThat(new ServerVersion(3, 13).isAtLeast(4, 0)).isFalse();
        assertThat(ServerVersion.of(Map.of()).isAtLeast(0, 1)).isFalse();
    }
}
