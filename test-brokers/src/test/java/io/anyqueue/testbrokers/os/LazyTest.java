package io.anyqueue.testbrokers.os;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LazyTest {
    private final AtomicInteger calls = new AtomicInteger();

    @Test
    void isMadeOnceWhenAskedFor() {
        Lazy<Integer> lazy = new Lazy<>(calls::incrementAndGet);
        assertThat(calls).hasValue(0);
        assertThat(lazy.get()).isEqualTo(1);
        assertThat(lazy.get()).isEqualTo(1);
    }

    @Test
    void tellsEverybodyWhyItCannotBeMade() {
        Lazy<Integer> lazy = new Lazy<>(() -> {
            throw new IllegalStateException("attempt " + calls.incrementAndGet());
        });
        assertThatThrownBy(lazy::get).hasMessage("attempt 1");
        assertThatThrownBy(lazy::get).hasMessage("attempt 1");
    }
}
