package io.anyqueue.conformance.model;

/**
 * A program after which something was seen that the contract does not let be. Immutable.
 *
 * @param seed repeats it: {@code Differential.run(adapter, seed, 1)}
 * @param what what was seen, with the rule, and what happened to the messages concerned
 * @param program the shortest program that was found to fail, as text
 * @param commands how many commands that has
 * @param before how many commands the random program had
 */
public record Failure(long seed, String what, String program, int commands, int before) {
    /** {@return all of it, for a person} */
    @Override
    public String toString() {
        return what + "\n  after the program of " + commands + " commands (shrunk from " + before + ") " + program
                + "  repeat with seed " + seed;
    }
}
