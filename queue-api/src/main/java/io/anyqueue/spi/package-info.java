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
 */
@NullMarked
package io.anyqueue.spi;

import org.jspecify.annotations.NullMarked;
