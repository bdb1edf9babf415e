package io.anyqueue.samples.orders;

import io.anyqueue.DeadLetter;
import io.anyqueue.DeadLetters;
import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.samples.orders.Outcome.DeadLettered;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Holds the noted outcomes against the dead letters that the broker has. The summary counts outcomes, for only they tell of
 * earlier runs too and count an order once that was dead-lettered twice; that a dead letter is really there is checked here.
 * And what was given up without the handler's doing, such as an order whose retries are used up, is noted here.
 *
 * <p>Safe for use by any thread.
 */
final class DeadLetterAudit {
    private final DeadLetters deadLetters;
    private final Outcomes outcomes;
    private final Set<String> expected = ConcurrentHashMap.newKeySet();
    private final Instant start = Instant.now().truncatedTo(ChronoUnit.MILLIS);

    DeadLetterAudit(DeadLetters deadLetters, Outcomes outcomes) {
        this.deadLetters = deadLetters;
        this.outcomes = outcomes;
    }

    /** Notes that the handler gives an order up: there must be a dead letter sooner or later. */
    void expect(String orderId) {
        expected.add(orderId);
    }

    /**
     * Reads the dead letters.
     *
     * @return how many are still to come
     */
    int missing() {
        Set<String> missing = new HashSet<>(expected);
        try (Stream<DeadLetter> letters = deadLetters.list()) {
            // A durable broker may hold letters of earlier runs.
            letters.filter(letter -> !letter.at().isBefore(start)).forEach(letter -> {
                missing.remove(letter.id());
                if (outcomes.awaits(letter.id())) {
                    outcomes.settle(letter.id(), new DeadLettered(reason(letter)));
                }
            });
        } catch (QueueException e) {
            if (e.code() == ErrorCode.UNSUPPORTED) {
                return 0;
            }
            throw e;
        }
        return missing.size();
    }

    private static String reason(DeadLetter letter) {
        return letter.reason().equals("PERMANENT") ? letter.error() : letter.reason();
    }
}
