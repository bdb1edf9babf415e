package io.anyqueue.conformance.kit;

/** Ends a case that does not apply: the adapter declares so, or the means are missing. Never for a convenience. */
public final class NotSupported extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Ends a case.
     *
     * @param reason why; part of the report
     */
    public NotSupported(String reason) {
        super(reason);
    }
}
