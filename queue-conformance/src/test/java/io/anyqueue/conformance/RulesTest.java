package io.anyqueue.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.conformance.adapter.AdapterSuite;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.Rules;
import io.anyqueue.conformance.runtime.RuntimeSuite;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The kit and the contract know the same rules. */
class RulesTest {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| ([A-Z]{3}-[0-9]+) \\|");

    private static List<Case> cases() {
        return Stream.of(AdapterSuite.cases(), RuntimeSuite.cases())
                .flatMap(List::stream)
                .toList();
    }

    private static Set<String> contract() throws Exception {
        String text = Files.readString(Path.of("..", "docs", "contract.md"));
        return ROW.matcher(text)
                .results()
                .map((MatchResult row) -> row.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void everyRuleHasACaseOrAReasonForNone() throws Exception {
        Set<String> known = cases().stream().map(Case::rule).collect(Collectors.toCollection(TreeSet::new));
        known.addAll(Rules.WITHOUT_CASE.keySet());
        assertThat(known).isEqualTo(contract());
    }

    @Test
    void whatHasNoCaseHasNone() {
        assertThat(cases()).extracting(Case::rule).doesNotContainAnyElementsOf(Rules.WITHOUT_CASE.keySet());
    }

    @Test
    void noTwoCasesHaveTheSameIdInTheirSuite() {
        assertThat(AdapterSuite.cases()).extracting(Case::id).doesNotHaveDuplicates();
        assertThat(RuntimeSuite.cases()).extracting(Case::id).doesNotHaveDuplicates();
    }
}
