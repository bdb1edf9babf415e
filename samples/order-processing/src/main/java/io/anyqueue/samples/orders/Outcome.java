package io.anyqueue.samples.orders;

import java.math.BigDecimal;

/** What became of an order. */
sealed interface Outcome {
    /**
     * It was paid, and an event says so.
     *
     * @param revenue what was paid
     * @param retries how many payments failed before
     */
    record Accepted(BigDecimal revenue, int retries) implements Outcome {}

    /** It is a cancellation, which is only counted. */
    record Cancelled() implements Outcome {}

    /**
     * No retry could help: it is a dead letter.
     *
     * @param reason why
     */
    record DeadLettered(String reason) implements Outcome {}
}
