package io.anyqueue.conformance.broken;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.conformance.InMemory;
import io.anyqueue.conformance.model.Differential;
import io.anyqueue.conformance.model.Failure;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The differential test finds what is wrong only now and then, by the rule that is broken, and shows it with few commands. */
class DifferentialFindsTest {
    private static final int PROGRAMS = 100;
    private static final long SEED = 1;

    static List<BrokenBroker> all() {
        return BrokenInPassing.all();
    }

    @ParameterizedTest
    @MethodSource("all")
    void the_broken_broker(BrokenBroker broken) {
        Failure failure = find(broken);
        String rule = failure.what().substring(0, failure.what().indexOf(':'));
        assertThat(broken.caughtBy().split(" ")).as(failure.toString()).contains(rule);
        assertThat(failure.commands()).isLessThan(failure.before());
    }

    @Test
    void a_failure_is_made_short() {
        Failure failure = find(BrokenInPassing.all().stream()
                .filter(broken -> broken.what().equals("ignores the delay of a release"))
                .findFirst()
                .orElseThrow());
        // A message, its delivery, and the release.
        assertThat(failure.commands()).as(failure.toString()).isEqualTo(3);
        assertThat(failure.program()).contains("1. send", "2. consumer", "receives", "3. consumer", "releases");
    }

    @Test
    void a_failure_is_repeated_by_its_seed() {
        BrokenBroker broken = BrokenInPassing.all().get(0);
        Failure first = find(broken);
        Failure again = Differential.run(
                        InMemory.inVirtualTime().provider(new ForwardingProvider(broken.wrap())), first.seed(), 1)
                .orElseThrow();
        assertThat(again.program()).isEqualTo(first.program());
    }

    private static Failure find(BrokenBroker broken) {
        return Differential.run(
                        InMemory.inVirtualTime().provider(new ForwardingProvider(broken.wrap())), SEED, PROGRAMS)
                .orElseThrow(() -> new AssertionError(PROGRAMS + " programs do not find that it " + broken.what()));
    }
}
