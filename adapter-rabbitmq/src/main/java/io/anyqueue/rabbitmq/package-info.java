/**
 * The adapter for RabbitMQ 3.10 and later, over AMQP 0-9-1, with nothing but what every server has: no plug-ins, and no settings
 * on the server's side.
 *
 * <h2>Term mapping</h2>
 *
 * A queue is a durable quorum queue of the same name. A topic is an exchange, a subscription the queue {@code
 * topic--subscription} that is bound to it. The unit of ownership ({@code shard}) of an ordered source is one queue of several,
 * each with a single active consumer; the first has the plain name, the others {@code name--1.of.16} and so on, so that
 * everybody agrees on their number. The topic then has a second exchange {@code topic--of.16}, which leads to each shard by its
 * number. A delivery belongs to the channel it came on; there is no lease with a time of its own, it lasts as long as the
 * connection.
 *
 * <p>{@code anyqueue.delay.00} and so on, {@code anyqueue.delayed} and {@code anyqueue.undeliverable} are shared by all in a virtual
 * host.
 *
 * <h2>Delivery semantics</h2>
 *
 * A send is published as persistent and mandatory, and is done when the server confirms it: a majority of the queue's members
 * has it on disk. A queue that is not there is NOT_FOUND. If the connection breaks first, the message may be stored, and the
 * send says so. While the server has an alarm, sends wait, up to {@code confirm-timeout}.
 *
 * <p>A message is delivered at least once. What is released from a source that is not ordered, at once or later, is stored and
 * confirmed as a copy that carries its counters, and then the original is acknowledged. So attempts, deliveries and crashes go with
 * the message, whatever the server's version counts, and a crash between both is a duplicate and no loss. What is
 * released from an ordered source stays with its consumer and is handed out again ahead of what came later; when the
 * consumer gives a shard up, its channel is closed and the server puts everything back in order.
 *
 * <p>A delayed message passes through queues in which messages wait for powers of two of 100 ms. A delay is rounded up to that;
 * nothing waits behind a message that waits longer. What the server itself would give up or cannot route, such as a delayed
 * message whose queue was deleted meanwhile, goes to {@code anyqueue.undeliverable}.
 *
 * <p>The connection that publishes and the one that consumes are opened by their first use, watched by heartbeats, and opened
 * again when they break. Deliveries of a connection that broke come again; settling the old ones is stale.
 *
 * <h2>Capabilities</h2>
 *
 * Everything but {@code ORDERED_PIPELINING}, {@code EXACT_DELIVERIES}, {@code CRASH_COUNT}, {@code ATOMIC_FORWARD}, {@code
 * PRIORITIES}, {@code DEDUPLICATION}, {@code BROWSE}, {@code REPLAY} and {@code TRANSACTIONS}. An ordered destination also has no
 * {@code COMPETING_CONSUMERS}, {@code DELAYED_SEND}, {@code DELAYED_RELEASE} and {@code ATTEMPTS_KEPT}.
 * {@link io.anyqueue.spi.Broker#capabilities} is what counts.
 *
 * <h2>Options</h2>
 *
 * Parameters of the URL, or settings below {@code anyqueue.native}; durations are in ISO-8601:
 *
 * <ul>
 *   <li>{@code connect-timeout}: how long it may take to reach a server, and then each step of shaking hands, default {@code
 *       PT10S}; several hosts share it
 *   <li>{@code rpc-timeout}: how long the server may take to answer a question, default {@code PT10S}
 *   <li>{@code confirm-timeout}: how long it may take to confirm a message before its fate is called unknown, default {@code
 *       PT30S}
 *   <li>{@code heartbeat}: a side that is silent for two of them is dead, 1 to 60 whole seconds, default {@code PT10S}
 *   <li>{@code max-message-bytes}: the server's {@code max_message_size}, default 16,777,216 (16 MiB), which is the default of
 *       RabbitMQ 4
 *   <li>{@code sasl}: {@code plain} for user name and password, the default; {@code external} for the client's certificate
 *   <li>{@code new-queue-wait}: how long a declaration takes longer that created a queue, default {@code PT2S}: so long the server
 *       may need to have it on disk
 * </ul>
 *
 * Arguments of one destination: {@code x-quorum-initial-group-size}, {@code x-queue-leader-locator}, {@code x-max-length} and
 * {@code x-max-length-bytes}; a full queue refuses sends.
 *
 * <h2>Unwrapping native objects</h2>
 *
 * {@link com.rabbitmq.client.Connection}: the one that consumes, if it is up. A channel of your own on it does no harm;
 * closing it, or consuming the library's queues, does.
 *
 * <h2>Limits</h2>
 *
 * Names have at most 190 bytes. Headers and provenance travel in one frame and have at most 120 KiB, so the server's {@code
 * frame_max} must be 128 KiB, its default, or more. The longest delay is 3.4 years. A handler must end within the server's
 * {@code consumer_timeout}, by default 30 minutes. An older server, or another product, is UNSUPPORTED.
 */
@NullMarked
package io.anyqueue.rabbitmq;

import org.jspecify.annotations.NullMarked;
