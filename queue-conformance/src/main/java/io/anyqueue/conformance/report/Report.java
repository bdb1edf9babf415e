package io.anyqueue.conformance.report;

import io.anyqueue.conformance.AdapterUnderTest;
import io.anyqueue.conformance.Outcome;
import io.anyqueue.conformance.kit.Result;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a run has shown: nothing in it changes from one run to the next unless the adapter does. Immutable.
 *
 * @param adapter the adapter
 * @param configuration the broker's configuration
 * @param brokerVersion the broker's version
 * @param cases what became of each case, in the order of the suites
 */
public record Report(String adapter, String configuration, String brokerVersion, List<Entry> cases) {
    /**
     * What became of a case.
     *
     * @param suite the suite
     * @param rule the rule of the contract
     * @param id the case
     * @param title what must be true
     * @param outcome what became of it
     * @param support {@code native}, {@code emulated: …} or empty where the case is about no feature
     * @param reason why it is not supported, or in which line it failed; empty if it passed
     */
    public record Entry(
            String suite, String rule, String id, String title, Outcome outcome, String support, String reason) {}

    /**
     * Copies the list.
     *
     * @param adapter the adapter
     * @param configuration the broker's configuration
     * @param brokerVersion the broker's version
     * @param cases what became of each case, in the order of the suites
     */
    public Report {
        cases = List.copyOf(cases);
    }

    /**
     * Makes a report.
     *
     * @param adapter the adapter
     * @param suites the results of each suite, under its name
     * @return the report
     */
    public static Report of(AdapterUnderTest adapter, Map<String, List<Result>> suites) {
        List<Entry> entries = new ArrayList<>();
        suites.forEach((suite, results) -> results.forEach(result -> entries.add(entry(suite, result))));
        return new Report(adapter.name(), adapter.configuration(), adapter.brokerVersion(), entries);
    }

    private static Entry entry(String suite, Result result) {
        return new Entry(
                suite,
                result.test().rule(),
                result.test().id(),
                result.test().title(),
                result.outcome(),
                result.support(),
                firstLine(result.reason()));
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("").strip();
    }

    /** {@return the name of its files, without an ending} */
    public String fileName() {
        return configuration.equals("default") ? adapter : adapter + "-" + configuration;
    }

    /** {@return how many cases had an outcome} */
    long count(Outcome outcome) {
        return cases.stream().filter(entry -> entry.outcome() == outcome).count();
    }

    /**
     * How this report differs from an earlier one of the same broker version.
     *
     * @param earlier the earlier one
     * @return the differences, one line each; empty if they agree
     */
    public List<String> differences(Report earlier) {
        Map<String, Entry> before = byId(earlier);
        Map<String, Entry> now = byId(this);
        List<String> differences = new ArrayList<>();
        now.forEach((id, entry) -> {
            Entry old = before.remove(id);
            if (old == null) {
                differences.add(id + " is new: " + entry.outcome());
            } else if (!old.equals(entry)) {
                differences.add(id + " was " + shown(old) + " and is " + shown(entry));
            }
        });
        before.forEach((id, entry) -> differences.add(id + " is gone: was " + entry.outcome()));
        return differences;
    }

    private static String shown(Entry entry) {
        return entry.outcome() + " [" + entry.support() + "] " + entry.reason() + " '" + entry.title() + "'";
    }

    private static Map<String, Entry> byId(Report report) {
        Map<String, Entry> byId = new LinkedHashMap<>();
        report.cases().forEach(entry -> byId.put(entry.suite() + " " + entry.id(), entry));
        return byId;
    }
}
