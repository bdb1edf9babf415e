/**
 * The adapter for Apache Kafka 4.0 and later, by consumer groups, or by share groups where that is asked for.
 *
 * <h2>Term mapping</h2>
 *
 * A queue is a topic, and the consumer group of the same name. A topic is a topic, a subscription the consumer group {@code
 * topic--subscription} on it. The unit of ownership ({@code shard}) is a partition; an ordered queue has as many as it has shards, others
 * have what {@code partitions} says. The record's key is the message's. There is no lease with a time of its own: a delivery is its
 * consumer's for as long as that is a member of the group and owns the partition.
 *
 * <p>Beside each topic that is not ordered there is {@code topic--delayed}, in which messages wait for their time; beside an ordered one
 * there is {@code topic--ordered}, which is empty and says that it is.
 *
 * <h2>Delivery semantics</h2>
 *
 * A send is done when all replicas in sync have it ({@code acks=all}, idempotent). A topic that is not there is NOT_FOUND, and never created
 * by a send. If no answer comes within {@code confirm-timeout}, the message may be stored, and the send says so.
 *
 * <p>A message is delivered at least once. Acknowledgements are taken in any order: the committed offset is that of the first message that is
 * not settled, and the commit's metadata say which of those behind it are, and how often each was handed out. So what is settled does not
 * come again after a crash, up to {@code Limits.ackLoss}. A message is handed out once the group has a commit that says so; one that kills
 * its consumer is counted. Nothing ever seeks back: what is released at once is handed out again from memory, and what is released with a
 * delay is stored as a confirmed copy that carries its counters, and then the original is done.
 *
 * <p>When partitions move to another consumer, what runs has {@code drain-timeout} to end. A consumer that was away for longer than {@code
 * session-timeout} has lost its partitions; settling what it had is stale.
 *
 * <p>A partition is one consumer's. What lies in it waits for that consumer, however slow it is, and there are never more consumers at work
 * than partitions; so give a queue enough of them.
 *
 * <p>A foreign program's messages need nothing of ours: they get an id from topic, partition and offset, and a record without a value is
 * empty.
 *
 * <h2>Capabilities</h2>
 *
 * Everything but {@code COMPETING_CONSUMERS}, {@code ORDERED_PIPELINING}, {@code EXACT_DELIVERIES}, {@code CRASH_COUNT}, {@code
 * ATOMIC_FORWARD}, {@code PRIORITIES} and {@code DEDUPLICATION}. An ordered destination also has no {@code DELAYED_SEND}, {@code
 * DELAYED_RELEASE} and {@code ATTEMPTS_KEPT}. {@code TRANSACTIONS} are for consumers that are {@code exactlyOnce()}. With {@code
 * consume=share} what is not ordered has {@code COMPETING_CONSUMERS}, and neither {@code TRANSACTIONS} nor {@code REPLAY} nor {@code BROWSE}.
 * {@link io.anyqueue.spi.Broker#capabilities} is what counts.
 *
 * <h2>Options</h2>
 *
 * Parameters of the URL, or settings below {@code anyqueue.native}; durations are in ISO-8601:
 *
 * <ul>
 *   <li>{@code connect-timeout}: how long a question, such as whether a topic exists, may take, default {@code PT10S}
 *   <li>{@code confirm-timeout}: how long the brokers may take to confirm a message before its fate is called unknown, default {@code
 *       PT30S}
 *   <li>{@code session-timeout}: after which silence a consumer has lost its partitions, default {@code PT10S}; with {@code
 *       group.protocol=consumer} the brokers decide that, this says what they are set to, and the default is {@code PT45S}
 *   <li>{@code drain-timeout}: how long a partition that moves away waits for what runs, default {@code PT10S}
 *   <li>{@code consume}: {@code groups}, the default, or {@code share}: how queues and subscriptions without order are consumed; share groups
 *       are not for production yet
 *   <li>{@code lock-duration}: how long a share group keeps what a dead consumer had, at most, default {@code PT30S}
 *   <li>{@code max-message-bytes}: the largest message, default 1,048,576; topics are created with room for it
 *   <li>{@code partitions}: of topics that are created and not ordered, default 4, or 1 with {@code consume=share}
 *   <li>{@code replicas}: of topics that are created, default -1 for the brokers' default
 *   <li>{@code retention}: how long messages are kept in topics that are created, handled or not, default {@code P7D}; dead letters stay
 *       for ever
 *   <li>every property of Kafka's own clients by its name, such as {@code compression.type=zstd} or {@code sasl.mechanism=SCRAM-SHA-512};
 *       for one of them with {@code producer.}, {@code consumer.} or {@code admin.} before it. What would weaken a promise, such as {@code
 *       acks=1} or {@code enable.auto.commit}, is UNSUPPORTED
 * </ul>
 *
 * <p>User name and password mean SASL, {@code PLAIN} if {@code sasl.mechanism} does not say otherwise; the scheme {@code kafkas}, or any
 * setting below {@code anyqueue.tls}, means TLS.
 *
 * <p>Arguments of one destination: {@code partitions}, {@code replicas}, and the brokers' settings of a topic for retention, segments,
 * {@code min.insync.replicas}, compression and flushing.
 *
 * <h2>Unwrapping native objects</h2>
 *
 * {@link org.apache.kafka.clients.admin.Admin} and {@link org.apache.kafka.clients.producer.Producer}, once they were used. Closing them
 * does harm. A consumer is its thread's alone and cannot be had.
 *
 * <h2>Limits</h2>
 *
 * Names have at most 240 bytes, of ASCII letters, digits, {@code -}, {@code _} and {@code .}. Headers have at most 128 KiB. Delays may
 * have any length, and are late by up to a second; a message that nobody consumes for longer than the topic's retention, counted from when it is
 * due, is lost and reported. Brokers keep the offsets of a group without members for a week by default ({@code offsets.retention.minutes}): after
 * that a queue begins at its topic's beginning, and a subscription is gone.
 */
@NullMarked
package io.anyqueue.kafka;

import org.jspecify.annotations.NullMarked;
