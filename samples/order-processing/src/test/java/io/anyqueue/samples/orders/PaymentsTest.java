package io.anyqueue.samples.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.io.IOException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PaymentsTest {
    @Test
    void failsOnceAndThenSucceeds() throws IOException {
        Payments payments = new Payments(1);

        assertThatThrownBy(() -> payments.charge("7", 1)).isInstanceOf(IOException.class);
        payments.charge("7", 2);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.1, 0.5, 1})
    void failsForTheGivenShare(double rate) {
        Payments payments = new Payments(rate);
        long failing = IntStream.range(536_365, 561_365)
                .mapToObj(String::valueOf)
                .filter(payments::failsFirst)
                .count();

        assertThat((double) failing).isCloseTo(25_000 * rate, withinPercentage(5));
    }

    /** Later runs, also on another JVM, must meet the same failures. */
    @Test
    void theShareIsAMatterOfTheId() {
        Payments payments = new Payments(0.1);

        assertThat(IntStream.range(1001, 1081)
                        .filter(id -> payments.failsFirst("" + id))
                        .boxed())
                .containsExactly(1009, 1011, 1019, 1037, 1053, 1054, 1062, 1066, 1071);
        assertThatCode(() -> new Payments(0).charge("1004", 1)).doesNotThrowAnyException();
    }
}
