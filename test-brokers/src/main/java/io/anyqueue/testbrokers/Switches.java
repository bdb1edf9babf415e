package io.anyqueue.testbrokers;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What the environment says about brokers for tests. Safe for use by many threads. */
public final class Switches {
    /** Brokers to leave out, separated by commas; their tests are reported as skipped. */
    public static final String SKIP = "ANYQUEUE_TEST_BROKERS_SKIP";

    /** If it is 1: local processes, from unpacked packages where packages are needed, whatever else there is. */
    public static final String UNPACK = "ANYQUEUE_TEST_BROKERS_UNPACK";

    private static final String ADDRESS = "ANYQUEUE_TEST_";

    private Switches() {}

    /** {@return the reason why a broker's tests are left out; empty if they are not} */
    public static Optional<String> skipped(String broker) {
        String skipped = value(SKIP);
        return Arrays.stream(skipped.split(",", -1)).map(String::strip).anyMatch(broker::equalsIgnoreCase)
                ? Optional.of(SKIP + "=" + skipped + " leaves out the tests with " + broker)
                : Optional.empty();
    }

    /** {@return the address of a broker to use as it is; empty if there is none} */
    public static Optional<String> address(String broker) {
        return Optional.of(value(addressName(broker))).filter(value -> !value.isBlank());
    }

    /** {@return the name of the variable with a broker's address} */
    public static String addressName(String broker) {
        return ADDRESS + broker.toUpperCase(Locale.ROOT);
    }

    /** {@return what to throw when a test asks for something that cannot be done to a broker at an address: {@code what} says it} */
    public static UnsupportedOperationException notOurs(String broker, String what) {
        String name = addressName(broker);
        return new UnsupportedOperationException("the server's address is from the environment variable " + name
                + ", so " + what + "; unset " + name + " to have a server started for the tests");
    }

    /** {@return whether only local processes and unpacked packages are to be used} */
    public static boolean unpackOnly() {
        return value(UNPACK).equals("1");
    }

    private static String value(String name) {
        String value = System.getenv(name);
        return value == null ? "" : value;
    }
}
