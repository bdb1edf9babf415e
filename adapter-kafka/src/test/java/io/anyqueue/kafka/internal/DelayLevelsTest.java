package io.anyqueue.kafka.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DelayLevelsTest {
    @ParameterizedTest
    @CsvSource({"0, 0", "1, 0", "999, 0", "1000, 1", "3999, 1", "4000, 2", "4096000, 7", "999999999999, 7"})
    void theLevelIsOverBeforeTheDelay(long delay, int level) {
        assertThat(DelayLevels.level(delay)).isEqualTo(level);
    }
}
