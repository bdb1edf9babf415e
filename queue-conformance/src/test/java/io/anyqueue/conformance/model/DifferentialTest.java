package io.anyqueue.conformance.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.conformance.InMemory;
import io.anyqueue.conformance.served.Fault;
import io.anyqueue.conformance.served.Served;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Nothing that the in-memory adapter does is more than the contract lets be. {@code ANYQUEUE_FUZZ} is how many programs,
 * {@code ANYQUEUE_SEED} the first one's seed.
 */
class DifferentialTest {
    private static final int PROGRAMS = Integer.parseInt(System.getenv().getOrDefault("ANYQUEUE_FUZZ", "1000"));
    private static final long SEED = Long.parseLong(System.getenv().getOrDefault("ANYQUEUE_SEED", "1"));

    @Test
    void the_in_memory_adapter_agrees_with_the_model() {
        assertThat(Differential.run(InMemory.inVirtualTime(), SEED, PROGRAMS)).isEmpty();
    }

    /** Here leases end when they end, however slow the machine. */
    @Test
    void it_agrees_in_real_time() {
        assertThat(Differential.run(InMemory.adapter().lease(Duration.ofMillis(200)), SEED, 4))
                .isEmpty();
    }

    /** Who polls hears of it before or after, and so does who settles. */
    @Test
    void sessions_may_break_while_messages_are_polled_and_settled() {
        assertThat(Differential.run(Served.adapter(Fault.BREAKS_WHILE_POLLING).lease(Duration.ofMillis(200)), SEED, 12))
                .isEmpty();
    }

    @Test
    void programs_are_the_same_for_the_same_seed() {
        assertThat(program(7)).isEqualTo(program(7)).isNotEqualTo(program(8));
    }

    private static Program program(long seed) {
        return Program.random(seed, List.of(Shape.QUEUE, Shape.TOPIC), 50);
    }
}
