package io.anyqueue;

/**
 * Whether and how a broker has a feature. Native and emulated mean the same to the user, and are proven by the same tests
 * (rule CAP-1). Immutable; safe for use by any thread.
 */
public sealed interface Support {
    /** The broker does it. */
    Support NATIVE = new Native();

    /**
     * Says that the adapter does it with other means of the broker.
     *
     * @param how the means
     * @return the support
     */
    static Support emulated(String how) {
        return new Emulated(Arguments.notBlank(how, "how"));
    }

    /**
     * Says that it cannot be had.
     *
     * @param reason why
     * @param remedy what to do instead
     * @return the support
     */
    static Support absent(String reason, String remedy) {
        return new Absent(Arguments.notBlank(reason, "reason"), Arguments.notBlank(remedy, "remedy"));
    }

    /** {@return whether it can be had, natively or emulated} */
    boolean available();

    /** The broker does it. */
    record Native() implements Support {
        @Override
        public boolean available() {
            return true;
        }
    }

    /**
     * The adapter does it with other means of the broker.
     *
     * @param how the means
     */
    record Emulated(String how) implements Support {
        @Override
        public boolean available() {
            return true;
        }
    }

    /**
     * It cannot be had.
     *
     * @param reason why
     * @param remedy what to do instead
     */
    record Absent(String reason, String remedy) implements Support {
        @Override
        public boolean available() {
            return false;
        }
    }
}
