package io.anyqueue.test;

import io.anyqueue.DeadLetter;
import io.anyqueue.MessageSource;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueSpec;
import io.anyqueue.TopicSpec;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.Endpoint.QueueEndpoint;
import io.anyqueue.spi.Endpoint.SubscriptionEndpoint;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads dead letters and knows which the test has read. It has a client of its own, past the faults, that declares nothing. Used
 * by the test's thread.
 */
final class LetterBox {
    /** By name, everything that the client under test declared. */
    private final Map<String, Endpoint> declared;

    private final QueueClient client;
    private final Set<Letter> read = new HashSet<>();

    private record Letter(String source, String id, Instant at) {}

    LetterBox(Map<String, Endpoint> declared, VirtualTime time, Broker broker) {
        this.declared = declared;
        this.client = QueueClient.connect(TestQueues.options(time, broker).set("anyqueue.topology", "assume"));
    }

    List<DeadLetter> read(String source) {
        List<DeadLetter> letters = list(source);
        letters.forEach(letter -> read.add(new Letter(source, letter.id(), letter.at())));
        return letters;
    }

    private List<DeadLetter> list(String name) {
        Endpoint source = declared.get(name);
        if (source == null || !declared.containsKey(source.deadLetters().name())) {
            return List.of();
        }
        return source(source).deadLetters().list().toList();
    }

    private MessageSource<String> source(Endpoint source) {
        if (source instanceof SubscriptionEndpoint subscription) {
            TopicSpec<String> topic = TopicSpec.of(subscription.topic().name(), String.class)
                    .physicalName(subscription.topic().physicalName());
            return client.topic(topic).subscription(subscription.subscription());
        }
        return client.queue(QueueSpec.of(source.name(), String.class).physicalName(source.physicalName()));
    }

    void failIfUnread() {
        List<String> unread = new ArrayList<>();
        for (Endpoint source : List.copyOf(declared.values())) {
            boolean derived = source instanceof QueueEndpoint && source.name().contains("--");
            for (DeadLetter letter : derived ? List.<DeadLetter>of() : list(source.name())) {
                if (!read.contains(new Letter(source.name(), letter.id(), letter.at()))) {
                    unread.add("message " + letter.id() + " of " + source.name() + ": " + letter.reason() + " "
                            + letter.errorClass() + ": " + letter.error());
                }
            }
        }
        if (!unread.isEmpty()) {
            throw new AssertionError(unread.size() + " dead letters were not read; if they are expected, read them with"
                    + " dead(...) of the test's queues:\n" + String.join("\n", unread));
        }
    }

    void close() {
        client.close();
    }
}
