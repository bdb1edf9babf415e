package io.anyqueue.conformance;

/**
 * What a case needs beside the adapter itself. Each comes from a hook of {@link AdapterUnderTest}; a case whose means are missing
 * is NOT_SUPPORTED in the report, and says so.
 */
public enum Means {
    /** {@link AdapterUnderTest#restart}. */
    RESTART,
    /** {@link AdapterUnderTest#kill}. */
    KILL,
    /** {@link AdapterUnderTest#outage}. */
    OUTAGE,
    /** {@link AdapterUnderTest#networkCut}. */
    NETWORK_CUT,
    /** {@link AdapterUnderTest#clientCrash}. */
    CLIENT_CRASH,
    /** {@link AdapterUnderTest#natively}. */
    NATIVE_ACCESS,
    /** {@link AdapterUnderTest#wrongCredentials}. */
    WRONG_CREDENTIALS,
    /** {@link AdapterUnderTest#unreachable}. */
    UNREACHABLE
}
