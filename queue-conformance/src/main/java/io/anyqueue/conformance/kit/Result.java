package io.anyqueue.conformance.kit;

import io.anyqueue.conformance.Outcome;

/**
 * What became of a case. Immutable.
 *
 * @param test the case
 * @param outcome what became of it
 * @param support {@code native}, {@code emulated: …} or empty where the case is about no feature
 * @param reason why it is not supported, or what failed; empty if it passed
 */
public record Result(Case test, Outcome outcome, String support, String reason) {
    /** {@return the outcome in one line, and the reason} */
    @Override
    public String toString() {
        return test.id() + " " + outcome + (reason.isEmpty() ? "" : ": " + reason);
    }
}
