package io.anyqueue.conformance.model;

import io.anyqueue.conformance.kit.Trial;
import io.anyqueue.spi.Spec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The end of a program: everybody leaves, and what is left must come, and nothing else. Used by one thread. */
final class Drain {
    private static final int BATCH = 10;
    /** Steps of virtual time; real time passes while polling. */
    private static final int STEPS = 40;

    private final World world;
    private final Execution execution;
    private final List<Member> drainers = new ArrayList<>();

    Drain(World world, Execution execution) {
        this.world = world;
        this.execution = execution;
    }

    void run() {
        world.slots().forEach(world::close);
        world.sources().keySet().forEach(spec -> drainers.add(world.join(spec, 0)));
        Duration limit = limit();
        long deadline = world.nanos() + limit.toNanos();
        while (isOwed() && world.nanos() - deadline < 0) {
            look(limit.dividedBy(STEPS));
        }
        Inadmissible.unless(!isOwed(), "RCV-4", "after " + limit + " there still is not delivered: " + owed());
        // What was acknowledged may come back when its lease would have ended.
        Duration silence = world.lease().plusMillis(500);
        long silent = world.nanos() + silence.toNanos();
        while (world.nanos() - silent < 0) {
            look(silence.dividedBy(4));
        }
        drainers.forEach(member -> member.receiver.close());
    }

    private void look(Duration step) {
        boolean found = false;
        for (Member member : drainers) {
            List<Hold> holds = world.receive(member, BATCH);
            execution.ack(member, holds);
            found |= !holds.isEmpty();
        }
        if (!found && world.isVirtual()) {
            world.pass(step);
        }
    }

    private Duration limit() {
        long now = world.trial().now();
        Duration longest = Duration.ZERO;
        for (Map.Entry<Spec, SourceModel> source : world.sources().entrySet()) {
            long latest = source.getValue().copies().stream()
                    .filter(Copy::isOwed)
                    .mapToLong(copy -> copy.notBeforeMillis - now)
                    .max()
                    .orElse(0);
            Duration needed =
                    world.trial().recovery(source.getKey()).plus(Trial.SIGNAL).plusMillis(Math.max(0, latest));
            longest = needed.compareTo(longest) > 0 ? needed : longest;
        }
        return longest;
    }

    private boolean isOwed() {
        return world.sources().values().stream().anyMatch(model -> !model.owed().isEmpty());
    }

    private Map<String, List<String>> owed() {
        Map<String, List<String>> all = new TreeMap<>();
        world.sources().forEach((spec, model) -> {
            if (!model.owed().isEmpty()) {
                all.put(spec.endpoint().name(), model.owed());
            }
        });
        return all;
    }
}
