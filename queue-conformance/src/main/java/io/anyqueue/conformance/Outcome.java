package io.anyqueue.conformance;

/** What became of a case: there is no fourth. */
public enum Outcome {
    /** The adapter does what the contract says. */
    PASS,
    /** It does not, or it does not do what it declares, or it does what it declares it cannot. */
    FAIL,
    /** It declares that it cannot, and that is so; or the kit was given no means to find out. The reason is in the report. */
    NOT_SUPPORTED
}
