package io.anyqueue.conformance.model;

import io.anyqueue.Capabilities;
import io.anyqueue.Feature;
import io.anyqueue.Limits;
import io.anyqueue.Message;
import io.anyqueue.conformance.Means;
import io.anyqueue.conformance.TestClock;
import io.anyqueue.conformance.kit.TestReceiver;
import io.anyqueue.conformance.kit.TestSender;
import io.anyqueue.conformance.kit.TestSender.Kind;
import io.anyqueue.conformance.kit.TestSender.Sending;
import io.anyqueue.conformance.kit.Trial;
import io.anyqueue.conformance.model.Copy.Standing;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.Spec;
import io.anyqueue.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * What one program runs on: a queue or a topic of its own, a queue beside it, clients, consumers and a model of each source.
 * One client sends and two consume, so that a session that breaks takes no send with it. Used by one thread.
 */
final class World {
    static final int LATEST_SUBSCRIBER = Program.CONSUMERS;
    private static final Duration LOOK = Duration.ofMillis(150);
    /** Delayed messages are out by then (rule DLY-1). */
    private static final Duration DUE_WITHIN = Duration.ofSeconds(1);

    private final Trial trial;
    private final Optional<TestClock> clock;
    private final Shape shape;
    private final TimeSource time;
    private final Spec target;
    private final Spec beside;
    private final TestSender sender;
    private final List<Broker> clients;
    private final Map<Spec, SourceModel> sources = new LinkedHashMap<>();
    private final Map<Integer, Member> members = new HashMap<>();
    private int memberCount;

    World(Trial trial, Optional<TestClock> clock, Shape shape) {
        this.trial = trial;
        this.clock = clock;
        this.shape = shape;
        this.time = trial.config().time();
        Spec queue = trial.plainQueue().withOrdered(shape.ordered());
        this.target = shape.topic() ? topic(queue) : trial.declare(queue);
        this.beside = trial.queue();
        source(beside);
        if (shape.topic()) {
            source(trial.subscription(target, "a"));
            source(trial.subscription(target, "b"));
            pass(limits().subscriptionVisible());
        } else {
            source(target);
        }
        this.sender = trial.sender(target);
        this.clients = List.of(trial.anotherClient(), trial.anotherClient());
        for (int slot = 0; slot < Program.CONSUMERS; slot++) {
            open(slot);
        }
    }

    private Spec topic(Spec queue) {
        String name = queue.endpoint().name();
        return trial.declare(queue.withEndpoint(Endpoint.topic(name)));
    }

    private SourceModel source(Spec spec) {
        SourceModel model = new SourceModel(spec.endpoint().name(), Promises.of(trial.capabilities(spec), spec));
        sources.put(spec, model);
        return model;
    }

    Trial trial() {
        return trial;
    }

    Spec beside() {
        return beside;
    }

    Map<Spec, SourceModel> sources() {
        return sources;
    }

    SourceModel model(Spec spec) {
        SourceModel model = sources.get(spec);
        if (model == null) {
            throw new IllegalStateException(spec + " is not of this world");
        }
        return model;
    }

    boolean isVirtual() {
        return clock.isPresent();
    }

    boolean has(Feature feature) {
        return trial.capabilities(target).has(feature);
    }

    private Limits limits() {
        return trial.capabilities(target).limits();
    }

    long nanos() {
        return time.nanoTime();
    }

    Duration lease() {
        return target.lease();
    }

    Duration ofLease(int percent) {
        return Duration.ofMillis(target.lease().toMillis() * percent / 100);
    }

    /** Real time passes, or the clock is turned in one go. */
    void pass(Duration by) {
        if (clock.isPresent()) {
            clock.get().advance(by);
        } else {
            trial.pass(by);
        }
    }

    // --- sending

    /** One call, but where the broker keeps no order between unconfirmed messages of a key (rule SND-4). */
    void send(List<Message> messages) {
        if (shape.ordered() && !has(Feature.ORDERED_PIPELINING)) {
            messages.forEach(message -> sendTogether(List.of(message)));
        } else {
            sendTogether(messages);
        }
    }

    private void sendTogether(List<Message> messages) {
        for (Sending sending : sender.send(messages)) {
            TestSender.Answer answer = sending.answers().get(0);
            String id = sending.message().id();
            Inadmissible.unless(answer.kind() != Kind.REJECTED, "SND-2", id + " is valid and was rejected: " + answer);
            Standing standing = answer.kind() == Kind.CONFIRMED ? Standing.OWED : Standing.MAYBE;
            sources.forEach((spec, model) -> {
                if (!spec.equals(beside)) {
                    model.stored(sending.message(), standing, sending.message().deliverAtMillis());
                }
            });
        }
    }

    /** {@return a message that is delayed if the broker delays that long} */
    Message message(String key, Duration delay) {
        Message.Builder message = trial.build().key(key);
        Capabilities capabilities = trial.capabilities(target);
        boolean delays = capabilities.has(Feature.DELAYED_SEND)
                && delay.compareTo(capabilities.limits().maxDelay()) <= 0;
        return delays && !delay.isZero()
                ? message.deliverAtMillis(trial.now() + delay.toMillis()).build()
                : message.build();
    }

    // --- consumers

    /** {@return the consumer of that number; empty for one that has not subscribed yet} */
    Optional<Member> member(int slot) {
        return Optional.ofNullable(members.get(slot));
    }

    /** Opens a consumer in a slot, where there is something for it. */
    void open(int slot) {
        List<Spec> consumed =
                sources.keySet().stream().filter(spec -> !spec.equals(beside)).toList();
        // Two share the first subscription, the next have one each.
        int which = shape.topic() ? Math.max(0, slot - 1) : 0;
        members.put(slot, join(consumed.get(which), slot % clients.size()));
    }

    Member join(Spec spec, int client) {
        TestReceiver receiver = trial.receiver(clients.get(client), spec);
        return new Member(memberCount++, client, spec, model(spec), receiver);
    }

    void close(int slot) {
        Member member = members.remove(slot);
        if (member != null) {
            member.receiver.close();
            member.hear();
            member.source.closed(member.number);
        }
    }

    /** {@return the numbers of the consumers that are open} */
    List<Integer> slots() {
        return List.copyOf(members.keySet());
    }

    /** What a consumer finds now; the network needs a moment. */
    List<Hold> receive(Member member, int max) {
        List<Delivery> polled = new ArrayList<>();
        // What is said from here on may be about what is polled, and is told to the model after that, or to explain it.
        hear();
        trial.until(isVirtual() ? Duration.ZERO : LOOK, () -> {
            polled.addAll(member.receiver.poll(max));
            return !polled.isEmpty();
        });
        long millis = trial.now();
        long nanos = nanos();
        Member.Heard before = member.heard();
        for (Delivery delivery : polled) {
            if (!member.source.isFor(member.number, delivery, nanos)) {
                hearUntil(() -> member.source.isFor(member.number, delivery, nanos));
            }
            member.held.add(member.source.delivered(member.number, delivery, millis, nanos));
        }
        member.hearAgain(before);
        return List.copyOf(member.held.subList(member.held.size() - polled.size(), member.held.size()));
    }

    void hear() {
        members.values().forEach(Member::hear);
    }

    /** What the broker did, others may see before it is said to whom it concerns. */
    void hearUntil(BooleanSupplier explained) {
        trial.until(isVirtual() ? Duration.ZERO : Trial.SIGNAL, () -> {
            hear();
            return explained.getAsBoolean();
        });
    }

    /** Breaks the session of a client, if there is a hook for it. */
    void crash(int client) {
        if (!trial.adapter().means().contains(Means.CLIENT_CRASH)) {
            return;
        }
        trial.adapter().clientCrash().accept(clients.get(client));
        members.values().stream().filter(member -> member.client == client).forEach(member -> {
            member.source.crashed(member.number, nanos());
            member.forgetAll();
        });
        hear();
    }

    /** A third subscription: it gets what is sent from now on, and what is delayed until then (rule RCV-1). */
    void subscribe() {
        if (!shape.topic() || members.containsKey(LATEST_SUBSCRIBER)) {
            return;
        }
        List<Copy> sent = List.copyOf(
                sources.values().stream().skip(1).findFirst().orElseThrow().copies());
        long before = trial.now() - DUE_WITHIN.toMillis();
        SourceModel model = source(trial.subscription(target, "c"));
        pass(limits().subscriptionVisible());
        long after = trial.now();
        for (Copy copy : sent) {
            long due = copy.message.deliverAtMillis();
            if (due > after) {
                model.stored(copy.message, Standing.OWED, due);
            } else if (due > before) {
                model.stored(copy.message, Standing.MAYBE, due);
            }
        }
        open(LATEST_SUBSCRIBER);
    }
}
