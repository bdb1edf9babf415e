package io.anyqueue.conformance.model;

/** Something was seen that the contract does not let be. */
final class Inadmissible extends AssertionError {
    private static final long serialVersionUID = 1;

    Inadmissible(String rule, String what) {
        super(rule + ": " + what);
    }

    static void unless(boolean admissible, String rule, String otherwise) {
        if (!admissible) {
            throw new Inadmissible(rule, otherwise);
        }
    }
}
