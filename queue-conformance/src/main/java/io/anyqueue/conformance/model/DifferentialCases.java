package io.anyqueue.conformance.model;

import io.anyqueue.ErrorCode;
import io.anyqueue.Feature;
import io.anyqueue.QueueException;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.TimeScale;
import io.anyqueue.conformance.kit.Trial;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;

/** Random programs as cases: many where the clock can be turned, and as many as begin within some seconds elsewhere. */
public final class DifferentialCases {
    private static final int PROGRAMS = 200;
    private static final Duration REAL_TIME = Duration.ofSeconds(10);

    private DifferentialCases() {}

    /** {@return the cases} */
    public static List<Case> all() {
        return List.of(
                of("RCV-1", Shape.QUEUE),
                of("ORD-1", Shape.ORDERED_QUEUE)
                        .needs(
                                Feature.ORDERED_KEYS,
                                spec -> spec.withOrdered(true),
                                trial -> refused(trial::orderedQueue)),
                of("RCV-2", Shape.TOPIC)
                        .needs(Feature.TOPICS, UnaryOperator.identity(), trial -> refused(trial::topic)));
    }

    private static Case of(String rule, Shape shape) {
        String words = shape.toString().replace(' ', '-').toLowerCase(Locale.ROOT);
        return Case.of(
                rule + "/differential-" + words,
                "After random commands an " + (shape.ordered() ? "" : "unordered ") + shape
                        + " does nothing that the contract does not let be",
                trial -> run(trial, shape));
    }

    private static void run(Trial trial, Shape shape) {
        Differential.run(trial.adapter(), List.of(shape), trial.seed(), PROGRAMS, TimeScale.scaled(REAL_TIME))
                .ifPresent(failure -> {
                    throw new AssertionError(failure.toString());
                });
    }

    private static void refused(Runnable declare) {
        try {
            declare.run();
        } catch (QueueException e) {
            Inadmissible.unless(e.code() == ErrorCode.UNSUPPORTED, "CAP-1", "refused with " + e.code());
            return;
        }
        throw new Inadmissible("CAP-1", "it is declared absent, and to declare such a destination is not refused");
    }
}
