package io.anyqueue.conformance.model;

/**
 * When a call was made.
 *
 * @param millisBefore the time before it, in milliseconds since the epoch
 * @param nanosBefore the time before it
 * @param nanosAfter the time when its results were there
 */
record Moment(long millisBefore, long nanosBefore, long nanosAfter) {}
