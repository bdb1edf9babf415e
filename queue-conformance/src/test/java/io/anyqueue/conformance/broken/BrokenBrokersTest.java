package io.anyqueue.conformance.broken;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.conformance.InMemory;
import io.anyqueue.conformance.Outcome;
import io.anyqueue.conformance.adapter.AdapterSuite;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.Result;
import io.anyqueue.conformance.kit.Runner;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A kit that passes a wrong broker proves nothing: every broken one must fail in the case that is meant for it. */
class BrokenBrokersTest {
    private static final long SEED = 1;

    static List<BrokenBroker> all() {
        return Stream.of(BrokenSenders.all()).flatMap(List::stream).toList();
    }

    @Test
    void thereAreAtLeastTwenty() {
        assertThat(all()).hasSizeGreaterThanOrEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("all")
    void isCaught(BrokenBroker broken) {
        Result result = run(broken, new ForwardingProvider(broken.wrap()));
        assertThat(result.outcome()).as(result.toString()).isEqualTo(Outcome.FAIL);
    }

    /** Or it would be the wrapping that fails. */
    @ParameterizedTest
    @MethodSource("all")
    void passesUnbroken(BrokenBroker broken) {
        Result result = run(broken, new ForwardingProvider(ForwardingBroker::new));
        assertThat(result.outcome()).as(result.toString()).isEqualTo(Outcome.PASS);
    }

    private static Result run(BrokenBroker broken, ForwardingProvider provider) {
        Case test = AdapterSuite.cases().stream()
                .filter(candidate -> candidate.id().equals(broken.caughtBy()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no case " + broken.caughtBy()));
        return new Runner(InMemory.adapter().provider(provider), SEED, true).run(test);
    }
}
