package io.anyqueue.conformance.model;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Makes a failing program shorter, as long as what is left breaks the same rule: first without parts of it, then with simpler
 * commands.
 */
final class Shrinker {
    private final Function<Program, Optional<String>> run;
    private final long deadline;
    private int runsLeft;

    private Program program;
    private String what;

    /**
     * A shrinker.
     *
     * @param run runs a program; tells what is wrong, if anything
     * @param runs how often at most
     * @param limit for how long at most, but for the last run
     */
    Shrinker(Program failing, String what, Function<Program, Optional<String>> run, int runs, Duration limit) {
        this.program = failing;
        this.what = what;
        this.run = run;
        this.runsLeft = runs;
        this.deadline = System.nanoTime() + limit.toNanos();
    }

    void shrink() {
        for (int size = Math.max(1, program.commands().size() / 2); size >= 1; size = size / 2) {
            removeParts(size);
        }
        while (removeParts(1) || simplify()) {
            // One command less may make another needless.
        }
    }

    Program program() {
        return program;
    }

    /** {@return what is wrong with the program that is left} */
    String what() {
        return what;
    }

    private boolean removeParts(int size) {
        boolean shorter = false;
        // From the end, as what comes late is needed least.
        for (int from = program.commands().size() - size; from >= 0; from -= size) {
            List<Command> rest = new ArrayList<>(program.commands());
            rest.subList(from, Math.min(rest.size(), from + size)).clear();
            shorter |= fails(program.with(rest));
        }
        return shorter;
    }

    private boolean simplify() {
        for (int i = 0; i < program.commands().size(); i++) {
            for (Command simpler : program.commands().get(i).simpler()) {
                List<Command> changed = new ArrayList<>(program.commands());
                changed.set(i, simpler);
                if (fails(program.with(changed))) {
                    return true;
                }
            }
        }
        return false;
    }

    private static String rule(String text) {
        return text.substring(0, Math.max(0, text.indexOf(':')));
    }

    private boolean fails(Program candidate) {
        if (runsLeft <= 0
                || System.nanoTime() - deadline >= 0
                || Thread.currentThread().isInterrupted()) {
            return false;
        }
        runsLeft--;
        Optional<String> found = run.apply(candidate).filter(text -> rule(text).equals(rule(what)));
        found.ifPresent(text -> {
            program = candidate;
            what = text;
        });
        return found.isPresent();
    }
}
