/**
 * What broker adapters implement: narrow, never blocking, never retrying. {@code docs/writing-an-adapter.md} leads through
 * it.
 *
 * <p>An adapter implements {@link io.anyqueue.spi.BrokerProvider}, {@link io.anyqueue.spi.Broker},
 * {@link io.anyqueue.spi.Topology}, {@link io.anyqueue.spi.Sender} and {@link io.anyqueue.spi.Receiver}, and extends
 * {@link io.anyqueue.spi.Delivery}. Encoding, batching, sending again, leases of running handlers, lanes, retries and dead
 * letters are the runtime's and done once, for every broker.
 *
 * <p>No method throws for what a broker answers: results come through the callbacks, or complete the stage exceptionally
 * with a {@link io.anyqueue.QueueException} (rule ERR-1). Callbacks may be called from any thread, also before the method that asked for
 * them has returned.
 *
 * <p>Misuse breaks nothing. What no caller may pass is refused before anything happens, a list as a whole: null, also inside a
 * list, with INVALID_ARGUMENT or a {@link NullPointerException}; a number out of its range with INVALID_ARGUMENT. Methods that
 * return a stage may throw it or fail the stage. An empty list does nothing. A callback of the runtime must not throw; if one
 * does, the adapter logs that and goes on: the other results of the call are reported all the same, and no thread ends.
 */
@NullMarked
package io.anyqueue.spi;

import org.jspecify.annotations.NullMarked;
