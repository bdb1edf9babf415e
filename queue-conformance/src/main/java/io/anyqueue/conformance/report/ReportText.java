package io.anyqueue.conformance.report;

import io.anyqueue.conformance.Outcome;
import io.anyqueue.conformance.kit.Rules;
import java.util.LinkedHashSet;
import java.util.Set;

/** A report as Markdown. */
final class ReportText {
    private ReportText() {}

    static String of(Report report) {
        StringBuilder text = new StringBuilder();
        text.append("# Conformance: ").append(report.adapter()).append("\n\n");
        text.append("Made by a run of the conformance kit; do not edit. Broker version ")
                .append(report.brokerVersion())
                .append(", configuration `")
                .append(report.configuration())
                .append("`.\n\n");
        text.append("| Outcome | Cases |\n|---|---|\n");
        for (Outcome outcome : Outcome.values()) {
            text.append("| ")
                    .append(name(outcome))
                    .append(" | ")
                    .append(report.count(outcome))
                    .append(" |\n");
        }
        suites(report).forEach(suite -> suite(text, report, suite));
        uncovered(text, report);
        return text.toString();
    }

    private static Set<String> suites(Report report) {
        Set<String> suites = new LinkedHashSet<>();
        report.cases().forEach(entry -> suites.add(entry.suite()));
        return suites;
    }

    private static void suite(StringBuilder text, Report report, String suite) {
        text.append("\n## The ").append(suite).append(" suite\n\n");
        text.append("| Case | What must be true | Outcome | How |\n|---|---|---|---|\n");
        report.cases().stream()
                .filter(entry -> entry.suite().equals(suite))
                .forEach(entry -> text.append("| `")
                        .append(entry.id())
                        .append("` | ")
                        .append(cell(entry.title()))
                        .append(" | ")
                        .append(name(entry.outcome()))
                        .append(" | ")
                        .append(cell(how(entry)))
                        .append(" |\n"));
    }

    private static String how(Report.Entry entry) {
        if (entry.reason().isEmpty()) {
            return entry.support();
        }
        return entry.support().isEmpty() ? entry.reason() : entry.support() + "; " + entry.reason();
    }

    private static void uncovered(StringBuilder text, Report report) {
        Set<String> covered = new LinkedHashSet<>();
        report.cases().forEach(entry -> covered.add(entry.rule()));
        text.append("\n## Rules without a case\n\n| Rule | Why |\n|---|---|\n");
        Rules.WITHOUT_CASE.forEach((rule, why) -> {
            if (!covered.contains(rule)) {
                text.append("| ").append(rule).append(" | ").append(cell(why)).append(" |\n");
            }
        });
    }

    private static String name(Outcome outcome) {
        return outcome == Outcome.NOT_SUPPORTED ? "NOT-SUPPORTED" : outcome.name();
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replace("\n", " ");
    }
}
