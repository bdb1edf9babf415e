package io.anyqueue.inmemory.internal;

import io.anyqueue.Message;
import io.anyqueue.spi.Endpoint.TopicEndpoint;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** Copies what is sent to its subscriptions; a delayed message to those that there are when it is due (rule RCV-1). */
final class Topic implements Destination {
    final List<Source> subscriptions = new ArrayList<>();

    private final TopicEndpoint endpoint;
    private final Definition definition;
    private final RecentIds recentIds;
    private final PriorityQueue<Held> delayed =
            new PriorityQueue<>(Comparator.comparingLong(Held::due).thenComparingLong(Held::sequence));
    private long bytes;

    private record Held(Message message, int size, long due, long sequence) {}

    Topic(TopicEndpoint endpoint, Definition definition) {
        this.endpoint = endpoint;
        this.definition = definition;
        this.recentIds = new RecentIds(BrokerState.nanos(definition.bounds().deduplication()));
    }

    @Override
    public Definition definition() {
        return definition;
    }

    @Override
    public RecentIds recentIds() {
        return recentIds;
    }

    @Override
    public boolean full(int size, boolean later) {
        if (later) {
            Bounds bounds = definition.bounds();
            return delayed.size() >= bounds.maxMessages() || bytes + size > bounds.maxBytes();
        }
        for (Source subscription : subscriptions) {
            if (subscription.full(size, false)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void reserve(int messages, int size, boolean later) {
        if (!later) {
            for (Source subscription : subscriptions) {
                subscription.reserve(messages, size, false);
            }
        }
    }

    @Override
    public int store(Message message, int size, long due, BrokerState state) {
        if (due > state.now()) {
            delayed.add(new Held(message, size, due, state.nextSequence()));
            bytes += size;
            state.note(due);
            return 1;
        }
        for (Source subscription : subscriptions) {
            subscription.store(message, size, due, state);
        }
        if (subscriptions.isEmpty()) {
            state.effects().unrouted(endpoint);
        }
        return subscriptions.size();
    }

    @Override
    public void advance(BrokerState state) {
        for (Held head = delayed.peek(); head != null && head.due <= state.now(); head = delayed.peek()) {
            delayed.remove();
            bytes -= head.size;
            store(head.message, head.size, head.due, state);
        }
    }

    @Override
    public long nextDue() {
        Held head = delayed.peek();
        return head == null ? Long.MAX_VALUE : head.due;
    }

    @Override
    public void clear(Effects effects) {
        delayed.clear();
        bytes = 0;
        recentIds.clear();
    }

    int delayed() {
        return delayed.size();
    }
}
