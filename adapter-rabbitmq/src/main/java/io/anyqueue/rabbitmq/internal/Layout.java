package io.anyqueue.rabbitmq.internal;

import io.anyqueue.ErrorCode;
import io.anyqueue.Message;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Endpoint.TopicEndpoint;
import io.anyqueue.spi.Spec;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How an endpoint lies on the server. A queue or subscription is a queue; if it is ordered it is one for each shard, the first
 * under the plain name. A topic is an exchange; if it is ordered there is a second one that knows the shards by their number.
 * Names of shards hold the number of all of them, so that nobody who has another number in mind uses one of them. Immutable;
 * safe for use by any thread.
 */
final class Layout {
    /** A queue each, and each is work for the server. */
    static final int MOST_SHARDS = 1024;

    private final String name;
    private final int shards;
    private final boolean topic;
    private final List<String> queues;

    private Layout(String name, int shards, boolean topic) {
        this.name = name;
        this.shards = shards;
        this.topic = topic;
        this.queues = topic
                ? List.of()
                : IntStream.range(0, Math.max(1, shards)).mapToObj(this::queue).toList();
    }

    static Layout of(Spec spec) {
        return new Layout(
                spec.endpoint().physicalName(),
                spec.ordered() ? spec.shards() : 0,
                spec.endpoint() instanceof TopicEndpoint);
    }

    /** {@return the exchange that senders publish to} */
    String exchange() {
        if (!topic) {
            return "";
        }
        return shards == 0 ? name : ofAllShards();
    }

    /** {@return the queue that has each receiver of an ordered source as a consumer, and no messages} */
    String members() {
        return ofAllShards();
    }

    private String ofAllShards() {
        return name + "--of." + shards;
    }

    /** {@return the queues, by the number of the shard; none for a topic} */
    List<String> queues() {
        return queues;
    }

    /**
     * Says where a message goes, through the delay ladder if it is not due.
     *
     * @param dueMillis when it is to arrive; in the past or 0 for at once
     * @param nowMillis the time
     * @throws QueueException UNSUPPORTED for a delay that is too long, or of what is ordered
     */
    Route route(Message message, long dueMillis, long nowMillis) {
        boolean delayed = dueMillis > nowMillis;
        if (shards > 0) {
            if (delayed) {
                throw new QueueException(
                        ErrorCode.UNSUPPORTED,
                        "message " + message.id() + " is delayed, and '" + name
                                + "' is ordered: it would be overtaken");
            }
            int shard = shard(message.key().orElse(message.id()), shards);
            return topic ? new Route(exchange(), Integer.toString(shard)) : new Route("", queues.get(shard));
        }
        if (delayed) {
            return DelayLadder.route(dueMillis - nowMillis, address());
        }
        return topic ? new Route(name, "") : new Route("", name);
    }

    /** {@return what the end of the delay ladder knows this by: a queue and a topic may have the same name} */
    String address() {
        return (topic ? "t." : "q.") + name;
    }

    /**
     * Says to which shard a key belongs: for ever the same, and evenly spread.
     *
     * @param key the key
     * @param shards how many shards there are
     * @return from 0
     */
    static int shard(String key, int shards) {
        long hash = 0xcbf29ce484222325L; // FNV-1a
        for (int i = 0; i < key.length(); i++) {
            hash = (hash ^ key.charAt(i)) * 0x100000001b3L;
        }
        // Its low bits are weak alone, so all are mixed (the finish of MurmurHash3).
        hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
        hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return (int) Long.remainderUnsigned(hash ^ (hash >>> 33), shards);
    }

    private String queue(int shard) {
        return shard == 0 ? name : name + "--" + shard + ".of." + shards;
    }
}
