package io.anyqueue.conformance.model;

import io.anyqueue.Feature;
import io.anyqueue.Message;
import io.anyqueue.conformance.kit.TestReceiver.Settled;
import io.anyqueue.conformance.model.Command.Verb;
import io.anyqueue.conformance.model.Copy.Standing;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Receiver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Runs the commands of a program, and tells the models what was done and what was seen. Used by one thread. */
final class Execution {
    private final World world;
    private final boolean extensible;
    private final boolean forwards;
    private final boolean delaysReleases;
    private final boolean fenced;

    Execution(World world) {
        this.world = world;
        this.extensible = world.has(Feature.LEASE_EXTENSION);
        this.forwards = world.has(Feature.ATOMIC_FORWARD);
        this.delaysReleases = world.has(Feature.DELAYED_RELEASE);
        this.fenced = world.has(Feature.STALE_FENCED);
    }

    void run(Command command) {
        if (command instanceof Command.Send send) {
            send(send);
        } else if (command instanceof Command.Advance advance) {
            world.pass(world.ofLease(advance.percent()));
        } else if (command instanceof Command.Crash crash) {
            world.crash(crash.client());
        } else if (command instanceof Command.Subscribe) {
            world.subscribe();
        } else {
            consume(command);
        }
        world.hear();
    }

    private void send(Command.Send send) {
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < send.messages(); i++) {
            messages.add(world.message("k" + (send.key() + i) % Program.KEYS, world.ofLease(send.delay())));
        }
        world.send(messages);
    }

    private void consume(Command command) {
        if (command instanceof Command.Receive c) {
            world.member(c.consumer()).ifPresent(member -> world.receive(member, c.max()));
        } else if (command instanceof Command.Ack c) {
            world.member(c.consumer()).ifPresent(member -> ack(member, member.pick(c.from(), c.count())));
        } else if (command instanceof Command.Release c) {
            world.member(c.consumer()).ifPresent(member -> release(member, member.pick(c.from(), c.count()), c));
        } else if (command instanceof Command.Extend c) {
            world.member(c.consumer()).ifPresent(member -> extend(member, member.pick(c.which(), 1)));
        } else if (command instanceof Command.Forward c) {
            world.member(c.consumer()).ifPresent(member -> forward(member, member.pick(c.which(), 1)));
        } else if (command instanceof Command.SettleLate c) {
            world.member(c.consumer()).ifPresent(member -> settleLate(member, c));
        } else if (command instanceof Command.Abandon c) {
            world.member(c.consumer()).ifPresent(Member::forgetAll);
        } else if (command instanceof Command.Reopen c
                && world.member(c.consumer()).isPresent()) {
            world.close(c.consumer());
            world.open(c.consumer());
        }
    }

    void ack(Member member, List<Hold> holds) {
        settle(member, holds, deliveries -> member.receiver.ack(deliveries), member.source::acknowledged);
        member.forget(holds);
    }

    private void release(Member member, List<Hold> holds, Command.Release how) {
        Duration delay = delaysReleases ? world.ofLease(how.delay()) : Duration.ZERO;
        List<Receiver.Release> releases = new ArrayList<>();
        settle(
                member,
                holds,
                deliveries -> {
                    deliveries.forEach(delivery -> releases.add(release(delivery, delay, how.failed())));
                    return member.receiver.releaseAll(releases);
                },
                (hold, result, moment) -> releases.stream()
                        .filter(release -> release.delivery() == hold.delivery)
                        .forEach(release -> member.source.released(hold, release, result, moment)));
        member.forget(holds);
    }

    private Receiver.Release release(Delivery delivery, Duration delay, boolean failed) {
        long since = delivery.firstFailedAtMillis();
        return failed
                ? new Receiver.Release(
                        delivery,
                        delay,
                        delivery.attempts() + 1,
                        since == 0 ? world.trial().now() : since)
                : new Receiver.Release(delivery, delay, delivery.attempts(), since);
    }

    private void extend(Member member, List<Hold> holds) {
        if (extensible) {
            settle(member, holds, deliveries -> member.receiver.extend(deliveries), member.source::extended);
        }
    }

    private void forward(Member member, List<Hold> holds) {
        if (!forwards) {
            return;
        }
        Message copy = world.message("k0", Duration.ZERO);
        settle(
                member,
                holds,
                deliveries -> {
                    Receiver.Forward out = new Receiver.Forward(world.beside(), copy);
                    return List.of(member.receiver.forward(deliveries.get(0), List.of(out)));
                },
                (hold, result, moment) -> {
                    if (result != Settled.STALE) {
                        Standing standing = result == Settled.DONE ? Standing.OWED : Standing.MAYBE;
                        world.model(world.beside()).stored(copy, standing, 0);
                    }
                    member.source.acknowledged(hold, result, moment);
                });
        member.forget(holds);
    }

    /** Where late settlements are not fenced core sends none, and neither does this (rule SET-2). */
    private void settleLate(Member member, Command.SettleLate late) {
        if (!fenced || member.had.isEmpty()) {
            return;
        }
        Hold hold = member.had.get(member.had.size() - 1 - late.which() % member.had.size());
        if (late.verb() == Verb.ACK) {
            ack(member, List.of(hold));
        } else if (late.verb() == Verb.RELEASE) {
            release(member, List.of(hold), new Command.Release(member.number, 0, 1, 0, false));
        } else if (late.verb() == Verb.EXTEND) {
            extend(member, List.of(hold));
        } else {
            forward(member, List.of(hold));
        }
    }

    private interface Effect {
        void of(Hold hold, Settled result, Moment moment);
    }

    private void settle(Member member, List<Hold> holds, Function<List<Delivery>, List<Settled>> call, Effect effect) {
        // From here on it is open what comes first, the settlement or that the message is taken away.
        world.hear();
        member.hear();
        long nanosBefore = world.nanos();
        List<Hold> settled = holds.stream()
                .filter(hold -> fenced || (hold.isHeld() && !hold.mayHaveLapsed(nanosBefore)))
                .toList();
        if (settled.isEmpty()) {
            return;
        }
        long millisBefore = world.trial().now();
        List<Settled> results =
                call.apply(settled.stream().map(hold -> hold.delivery).toList());
        Moment moment = new Moment(millisBefore, nanosBefore, world.nanos());
        for (int i = 0; i < settled.size(); i++) {
            Hold hold = settled.get(i);
            if (results.get(i) == Settled.STALE) {
                world.hearUntil(() -> {
                    member.hear();
                    return !member.source.isSurelyHeld(hold, moment.nanosAfter());
                });
            }
            effect.of(hold, results.get(i), moment);
        }
    }
}
