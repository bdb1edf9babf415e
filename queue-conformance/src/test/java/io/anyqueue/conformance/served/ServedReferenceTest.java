package io.anyqueue.conformance.served;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.anyqueue.conformance.AdapterUnderTest;
import io.anyqueue.conformance.Outcome;
import io.anyqueue.conformance.adapter.AdapterSuite;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.Result;
import io.anyqueue.conformance.kit.Runner;
import io.anyqueue.conformance.kit.SuiteRun;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The kit on an adapter that has all hooks: the right one passes, and each wrong one is caught by the case that is meant for it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ServedReferenceTest {
    private static final long SEED = 1;

    /** Most of what they do is to wait; each wrong one has a server of its own. */
    private static final int AT_ONCE = 8;

    private final SuiteRun run = new SuiteRun(4);
    private final ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE);
    private final Map<Wrong, CompletableFuture<Result>> results = new HashMap<>();

    /**
     * A server with one thing wrong.
     *
     * @param fault what is wrong
     * @param caughtBy the case that is meant to catch it
     */
    record Wrong(Fault fault, String caughtBy) {}

    static List<Wrong> wrong() {
        return List.of(
                new Wrong(Fault.NEVER_SAYS_LOST, "RCV-4/told-of-the-loss"),
                new Wrong(Fault.CONFIRMS_LATE_ACKS, "RCV-4/told-of-the-loss"),
                new Wrong(Fault.SAME_EPOCH, "RCV-4/told-of-the-loss"),
                new Wrong(Fault.DELIVERS_TWICE_AFTER_A_CRASH, "ORD-1/crash"),
                new Wrong(Fault.CONNECTED_AND_SILENT, "LIF-3/consumes-after-a-crash"),
                new Wrong(Fault.CONNECTED_AND_SILENT, "LIF-3/outage"),
                new Wrong(Fault.HANDS_OVER_AT_ONCE, "RCV-4/handed-over-in-order"),
                new Wrong(Fault.WAITS_FOR_EVER, "RCV-4/hand-over-ends"),
                new Wrong(Fault.LOSES_ON_RESTART, "LIF-3/restart"),
                new Wrong(Fault.LOSES_ON_RESTART, "DLY-2/survives-restart"),
                new Wrong(Fault.CONFIRMS_WHILE_AWAY, "LIF-3/outage"),
                new Wrong(Fault.SAYS_NOTHING, "LIF-3/restart"),
                new Wrong(Fault.SHOWS_THE_PASSWORD, "ERR-2/wrong-credentials"),
                new Wrong(Fault.TRIES_TIGHTLY, "ERR-2/wrong-credentials"),
                new Wrong(Fault.CALLS_IT_UNAVAILABLE, "ERR-2/wrong-credentials"));
    }

    @BeforeAll
    void begin() {
        for (Wrong wrong : wrong()) {
            Runner runner = new Runner(Served.adapter(wrong.fault()), SEED, true);
            results.put(wrong, CompletableFuture.supplyAsync(() -> runner.run(find(wrong.caughtBy())), pool));
        }
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void isCaught(Wrong wrong) {
        Result result = results.get(wrong).join();
        assertThat(result.outcome()).as(result.toString()).isEqualTo(Outcome.FAIL);
    }

    private static Case find(String id) {
        return AdapterSuite.cases().stream()
                .filter(test -> test.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no case " + id));
    }

    @TestFactory
    Stream<DynamicTest> passes() {
        AdapterUnderTest adapter = Served.adapter();
        List<Case> cases = AdapterSuite.cases();
        run.add(cases, new Runner(adapter, SEED, true));
        run.disturb();
        return cases.stream()
                .map(test -> dynamicTest(test.id(), () -> {
                    Result result = run.result(test);
                    assertThat(result.outcome()).as(result.toString()).isNotEqualTo(Outcome.FAIL);
                }));
    }

    @AfterAll
    void end() {
        run.close();
        pool.shutdownNow();
    }
}
