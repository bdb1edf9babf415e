package io.anyqueue.conformance.junit;

import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.anyqueue.conformance.AdapterUnderTest;
import io.anyqueue.conformance.Outcome;
import io.anyqueue.conformance.adapter.AdapterSuite;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.Result;
import io.anyqueue.conformance.kit.Runner;
import io.anyqueue.conformance.kit.SuiteRun;
import io.anyqueue.conformance.report.Report;
import io.anyqueue.conformance.report.ReportFiles;
import io.anyqueue.conformance.runtime.RuntimeSuite;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * Proves an adapter: extend it, say how to connect, and run it like any test. A case that the adapter declares it cannot do is
 * aborted with the reason; everything else passes or fails. Every complete run writes its report to {@code target/conformance}.
 * One without failures is also written to {@link AdapterUnderTest#reports} if there is none, or compared with the one that is
 * there: set {@code ANYQUEUE_CONFORMANCE=write} to replace it.
 *
 * <p>{@code ANYQUEUE_TIME_SCALE} stretches all time limits; {@code ANYQUEUE_SEED} repeats a run's random choices;
 * {@code ANYQUEUE_CASES=SET-2,ORD-1/crash} runs some cases and writes no report.
 *
 * <pre>{@code
 * class MyBrokerConformanceTest extends AdapterConformance {
 *     @Override
 *     protected AdapterUnderTest adapter() {
 *         return AdapterUnderTest.of("mybroker", "mybroker://localhost:1234").brokerVersion(() -> "7.1");
 *     }
 * }
 * }</pre>
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class AdapterConformance {
    /** The environment variable with the seed; a new one for each run if it is not set. */
    public static final String SEED = "ANYQUEUE_SEED";

    /** The environment variable that names the cases to run, by the beginnings of their ids, with commas; all if it is not set. */
    public static final String CASES = "ANYQUEUE_CASES";

    private static final Path LATEST = Path.of("target", "conformance");

    private final Map<String, List<Case>> suites = new LinkedHashMap<>();
    private SuiteRun run = new SuiteRun(1);
    private AdapterUnderTest adapter = AdapterUnderTest.of("none", "none:");

    /** Creates the test. */
    protected AdapterConformance() {}

    /**
     * Connects the kit with the adapter.
     *
     * @return the adapter; asked for once
     */
    protected abstract AdapterUnderTest adapter();

    @TestFactory
    final Stream<DynamicNode> conformance() {
        adapter = adapter();
        long seed = seed();
        suites.put("adapter", chosen(AdapterSuite.cases()));
        suites.put("runtime", chosen(RuntimeSuite.cases()));
        run = new SuiteRun(adapter.parallel());
        run.add(suite("adapter"), new Runner(adapter, seed, true));
        run.add(suite("runtime"), new Runner(adapter, seed, false));
        run.disturb();
        return suites.entrySet().stream()
                .map(suite -> dynamicContainer(
                        suite.getKey() + " suite", suite.getValue().stream().map(this::test)));
    }

    private static List<Case> chosen(List<Case> cases) {
        String wanted = System.getenv(CASES);
        if (wanted == null || wanted.isBlank()) {
            return cases;
        }
        List<String> beginnings = Arrays.asList(wanted.strip().split(",", -1));
        return cases.stream()
                .filter(test -> beginnings.stream().anyMatch(test.id()::startsWith))
                .toList();
    }

    private static boolean areAllChosen() {
        String wanted = System.getenv(CASES);
        return wanted == null || wanted.isBlank();
    }

    private List<Case> suite(String name) {
        return suites.getOrDefault(name, List.of());
    }

    private DynamicTest test(Case test) {
        return dynamicTest(test.id() + ": " + test.title(), () -> {
            Result result = run.result(test);
            Assumptions.assumeFalse(result.outcome() == Outcome.NOT_SUPPORTED, result::reason);
            if (result.outcome() == Outcome.FAIL) {
                throw new AssertionError(test.id() + ": " + result.reason());
            }
        });
    }

    private static long seed() {
        String given = System.getenv(SEED);
        return given == null || given.isBlank() ? System.nanoTime() : Long.parseLong(given.strip());
    }

    /** A report of some of the cases would be no report. */
    @AfterAll
    final void report() {
        try (SuiteRun ended = run) {
            if (suites.isEmpty() || !areAllChosen() || !ended.isComplete()) {
                return;
            }
            Map<String, List<Result>> results = new LinkedHashMap<>();
            suites.forEach((suite, cases) ->
                    results.put(suite, cases.stream().map(ended::result).toList()));
            settle(Report.of(adapter, results));
        }
    }

    /** With failures it is no report to commit; the tests have failed by then. */
    private void settle(Report report) {
        ReportFiles.write(LATEST, report);
        if (report.cases().stream().anyMatch(entry -> entry.outcome() == Outcome.FAIL)) {
            return;
        }
        List<String> differences = new ReportFiles(adapter.reports()).settle(report);
        if (!differences.isEmpty()) {
            throw new AssertionError("the run does not agree with the committed report of broker version "
                    + report.brokerVersion() + "; this one is in " + LATEST + ", " + ReportFiles.VARIABLE
                    + "=write replaces it:\n  " + String.join("\n  ", differences));
        }
    }
}
