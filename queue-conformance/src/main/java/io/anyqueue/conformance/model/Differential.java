package io.anyqueue.conformance.model;

import io.anyqueue.Capabilities;
import io.anyqueue.Feature;
import io.anyqueue.conformance.AdapterUnderTest;
import io.anyqueue.conformance.TestClock;
import io.anyqueue.conformance.kit.Trial;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.Spec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Runs random programs against an adapter: sends, deliveries, settlements in time and late, leases that end, consumers that come
 * and go, time that passes. Beside it runs a model that knows of each message what may happen to it next. What may not fails, and
 * the program is made as short as it gets.
 *
 * <p>With {@link AdapterUnderTest#clock} time is virtual and thousands of programs run in seconds; without, a program takes some
 * seconds. A program is the same for the same seed; whether it fails again depends on the broker, if that runs by itself.
 *
 * <p>Stateless; safe for use by any thread.
 */
public final class Differential {
    private static final int LENGTH = 60;
    private static final int REAL_LENGTH = 35;
    private static final int SHRINKING = 3_000;
    private static final Duration SHRINKING_TIME = Duration.ofSeconds(25);
    private static final Duration FOREVER = Duration.ofDays(1);
    private static final String RUN = Long.toString(System.nanoTime() & 0xffffff, 36);
    private static final AtomicLong COUNT = new AtomicLong();

    private final AdapterUnderTest adapter;
    private final boolean virtual;

    private Differential(AdapterUnderTest adapter) {
        this.adapter = adapter;
        this.virtual = adapter.newClock().isPresent();
    }

    /**
     * Runs programs until one fails.
     *
     * @param adapter the adapter
     * @param seed the seed of the first; each has the next
     * @param programs how many at most
     * @return the first failure, made short
     */
    public static Optional<Failure> run(AdapterUnderTest adapter, long seed, int programs) {
        Differential differential = new Differential(adapter);
        return differential.run(differential.shapes(), seed, programs, FOREVER);
    }

    /** Runs programs on some shapes, at most for that long but for the last one. */
    static Optional<Failure> run(
            AdapterUnderTest adapter, List<Shape> shapes, long seed, int programs, Duration realTime) {
        return new Differential(adapter).run(shapes, seed, programs, realTime);
    }

    private Optional<Failure> run(List<Shape> shapes, long seed, int programs, Duration realTime) {
        long start = System.nanoTime();
        for (int i = 0; i < programs && System.nanoTime() - start < realTime.toNanos(); i++) {
            Program program = Program.random(seed + i, shapes, virtual ? LENGTH : REAL_LENGTH);
            Optional<String> wrong = run(program, seed + i);
            if (wrong.isPresent()) {
                return Optional.of(shrink(program, seed + i, wrong.get()));
            }
        }
        return Optional.empty();
    }

    private Failure shrink(Program program, long seed, String what) {
        Shrinker shrinker = new Shrinker(program, what, shorter -> run(shorter, seed), SHRINKING, SHRINKING_TIME);
        shrinker.shrink();
        Program shortest = shrinker.program();
        return new Failure(
                seed,
                shrinker.what(),
                shortest.toString(),
                shortest.commands().size(),
                program.commands().size());
    }

    /** {@return what was wrong, if anything} */
    private Optional<String> run(Program program, long seed) {
        Optional<TestClock> clock = adapter.newClock();
        try (Trial trial = new Trial(adapter, "d" + RUN + "-" + COUNT.incrementAndGet(), seed, clock)) {
            try {
                World world = new World(trial, clock, program.shape());
                Execution execution = new Execution(world);
                program.commands().forEach(execution::run);
                new Drain(world, execution).run();
                return Optional.empty();
            } catch (AssertionError | RuntimeException e) {
                String text = e instanceof AssertionError ? String.valueOf(e.getMessage()) : e.toString();
                return Optional.of(text + "\n" + trial.timeline().describe());
            }
        }
    }

    private List<Shape> shapes() {
        try (Trial trial = new Trial(adapter, "d" + RUN + "-shapes", 0, adapter.newClock())) {
            Spec plain = Spec.of(Endpoint.queue("capabilities"));
            Capabilities unordered = trial.capabilities(plain);
            Capabilities ordered = trial.capabilities(plain.withOrdered(true));
            List<Shape> shapes = new ArrayList<>(List.of(Shape.QUEUE));
            add(shapes, unordered.has(Feature.TOPICS), Shape.TOPIC);
            add(shapes, ordered.has(Feature.ORDERED_KEYS), Shape.ORDERED_QUEUE);
            add(shapes, ordered.has(Feature.ORDERED_KEYS) && ordered.has(Feature.TOPICS), Shape.ORDERED_TOPIC);
            return shapes;
        }
    }

    private static void add(List<Shape> shapes, boolean available, Shape shape) {
        if (available) {
            shapes.add(shape);
        }
    }
}
