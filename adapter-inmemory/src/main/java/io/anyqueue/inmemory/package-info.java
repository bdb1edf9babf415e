/**
 * The in-memory broker: the reference for what every rule of the contract means, inside one process.
 *
 * <h2>Term mapping</h2>
 *
 * A queue, a topic and a subscription are what they are called. A delivery is leased one by one; extending, releasing and
 * acknowledging concern that lease alone. The unit of ownership ({@code shard}) of an ordered source is the key, of any other
 * the source. {@code inmemory:} names a broker that is private to its client, {@code inmemory:name} one that is shared in the
 * process.
 *
 * <h2>Delivery semantics</h2>
 *
 * A send is stored, or refused, when the call returns. A message is delivered at least once: again when it is released, when
 * its lease runs out (a crash) or when its receiver closes (no crash). What is released goes behind what is ready; what is
 * taken back goes to the front. On an ordered source the messages of a key go in order to one receiver while it holds any of
 * them; a released message keeps its place, and with a delay it holds its key back. When a lease of a key runs out, all that
 * its receiver has of the key is taken back, and only the message whose lease it was counts a crash. A late settlement is
 * stale and changes nothing.
 *
 * <p>A delayed message of a topic goes to the subscriptions of its due time. An expired message is delivered: the runtime
 * drops or dead-letters it, and counts it. A message that is sent again with its id within the window is confirmed and not
 * stored; copies with a history, as retries and redrives are, are always stored. Clients that share a broker should share a
 * clock: the broker's time is that of the client that is ahead.
 *
 * <h2>Capabilities</h2>
 *
 * Everything but {@code DURABLE} and {@code REPLAY}; on an ordered destination also no
 * {@code DELAYED_SEND} and no {@code PRIORITIES}.
 *
 * <h2>Options</h2>
 *
 * Settings below {@code anyqueue.native}, or arguments of one destination; the first declaration counts:
 *
 * <ul>
 *   <li>{@code max-messages}: most messages of a queue or subscription, default 1,000,000
 *   <li>{@code max-bytes}: most bytes of a queue or subscription, default 268,435,456 (256 MiB)
 *   <li>{@code deduplication-window}: how long an id is remembered, default {@code PT2M}; {@code PT0S} for not at all
 * </ul>
 *
 * <h2>Unwrapping native objects</h2>
 *
 * There are none. {@link io.anyqueue.inmemory.InMemoryBrokerProvider#drop} forgets a named broker.
 *
 * <h2>Limits</h2>
 *
 * Full queues refuse with RESOURCE_EXHAUSTED; a topic refuses if one of its subscriptions is full. The ids of the 32,768
 * latest messages of a destination are remembered at most, however long the window. At most 32 messages of one key are out at a
 * time. Physical names have at most 255 bytes. A copy with a history may be 64 KiB larger than the largest message, for its
 * provenance. Delays and leases have no limit.
 */
@NullMarked
package io.anyqueue.inmemory;

import org.jspecify.annotations.NullMarked;
