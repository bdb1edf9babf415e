package io.anyqueue.conformance.broken;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.conformance.InMemory;
import io.anyqueue.conformance.Outcome;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.Result;
import io.anyqueue.conformance.kit.Runner;
import io.anyqueue.conformance.runtime.RuntimeSuite;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** As {@link BrokenBrokersTest}, for faults that show only when the runtime is on top. */
class BrokenAtRuntimeTest {
    static List<BrokenBroker> all() {
        return BrokenAtRuntime.all();
    }

    @ParameterizedTest
    @MethodSource("all")
    void isCaught(BrokenBroker broken) {
        Result result = run(broken, new ForwardingProvider(broken.wrap()));
        assertThat(result.outcome()).as(result.toString()).isEqualTo(Outcome.FAIL);
        // By what it found, and not as nothing came of it at all.
        assertThat(result.reason()).doesNotContain("did not end within").doesNotContain("cannot even connect");
    }

    /** Or it would be the wrapping that fails. */
    @ParameterizedTest
    @MethodSource("all")
    void passesUnbroken(BrokenBroker broken) {
        Result result = run(broken, new ForwardingProvider(ForwardingBroker::new));
        assertThat(result.outcome()).as(result.toString()).isEqualTo(Outcome.PASS);
    }

    private static Result run(BrokenBroker broken, ForwardingProvider provider) {
        Case test = RuntimeSuite.cases().stream()
                .filter(candidate -> candidate.id().equals(broken.caughtBy()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no case " + broken.caughtBy()));
        return new Runner(InMemory.adapter().provider(provider), 1, false).run(test);
    }
}
