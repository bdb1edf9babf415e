package io.anyqueue.kafka.internal;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Receiver;
import io.anyqueue.spi.Spec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Makes moves of what follows from deliveries (rule SET-5), once it is known that their topics exist: a transaction would wait for one that
 * does not, with everything else in it. Safe for use by any thread; waits for nothing.
 */
final class Forwards {
    private static final Duration BEYOND = Duration.ofSeconds(2);

    private final Clients clients;
    private final TopicPresence presence;
    private final Moves moves;
    private final Map<Spec, Target> targets = new ConcurrentHashMap<>();
    private final Map<String, CompletableFuture<Void>> asking = new ConcurrentHashMap<>();

    Forwards(Clients clients, TopicPresence presence, Moves moves) {
        this.clients = clients;
        this.presence = presence;
        this.moves = moves;
    }

    private record Target(Records records, Unrouted unrouted) {
        String topic() {
            return records.layout().topic();
        }
    }

    void forward(KafkaDelivery delivery, List<Receiver.Forward> out, Receiver.Results results) {
        List<Target> to = new ArrayList<>(out.size());
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>(out.size());
        try {
            for (Receiver.Forward each : out) {
                Target target = targets.computeIfAbsent(each.target(), this::target);
                to.add(target);
                records.add(target.records().record(each.message()));
            }
        } catch (QueueException e) {
            results.unknown(delivery, e);
            return;
        }
        if (!delivery.tracker().claim(delivery)) {
            results.stale(delivery);
            return;
        }
        Forwarded move = new Forwarded(delivery, records, to, results);
        List<CompletableFuture<Void>> asked = to.stream()
                .filter(target -> !presence.isFresh(target.topic()))
                .distinct()
                .map(this::ask)
                .toList();
        if (asked.isEmpty()) {
            moves.move(List.of(move));
            return;
        }
        var unused = CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
                .whenComplete((found, failure) -> {
                    if (failure == null) {
                        moves.move(List.of(move));
                    } else {
                        move.failed(unanswered(failure));
                    }
                });
    }

    /** One question for all that come meanwhile, and an answer in any case: what waits for it is neither settled nor given back. */
    private CompletableFuture<Void> ask(Target target) {
        String topic = target.topic();
        CompletableFuture<Void> mine = new CompletableFuture<>();
        CompletableFuture<Void> present = asking.putIfAbsent(topic, mine);
        if (present != null) {
            return present;
        }
        Duration limit = clients.settings().connectTimeout().plus(BEYOND);
        var unusedLimit = mine.orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((found, failure) -> asking.remove(topic, mine));
        var unused = presence.check(topic, topic).whenComplete((found, failure) -> {
            if (failure == null) {
                mine.complete(null);
            } else {
                mine.completeExceptionally(failure);
            }
        });
        return mine;
    }

    private static QueueException unanswered(Throwable failure) {
        Throwable cause = Failures.unwrapped(failure);
        return cause instanceof TimeoutException
                ? new QueueException(ErrorCode.UNAVAILABLE, "Kafka does not say whether a topic exists", cause)
                : TopicPresence.failure(failure);
    }

    private Target target(Spec spec) {
        Records records = new Records(spec, clients);
        return new Target(records, new Unrouted(records.layout(), clients));
    }

    private final class Forwarded extends Move {
        private final KafkaDelivery delivery;
        private final List<Target> to;
        private final Receiver.Results results;

        Forwarded(
                KafkaDelivery delivery,
                List<ProducerRecord<byte[], byte[]>> records,
                List<Target> to,
                Receiver.Results results) {
            super(delivery.slot(), records);
            this.delivery = delivery;
            this.to = to;
            this.results = results;
        }

        @Override
        void done() {
            to.forEach(target -> target.unrouted().confirmed());
            results.done(delivery);
        }

        @Override
        void stale() {
            results.stale(delivery);
        }

        @Override
        void failed(QueueException why) {
            to.forEach(target -> presence.forget(target.topic()));
            delivery.tracker().unclaim(delivery);
            results.unknown(delivery, why);
        }
    }
}
