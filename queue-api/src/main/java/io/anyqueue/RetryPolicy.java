package io.anyqueue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * When a failed message is run again, and how often (rule RTY-1). The number of runs is the same on every broker and
 * whatever the number of consumers.
 *
 * <p>Retries come in two sorts, one after the other: <i>in place</i>, within tens to hundreds of milliseconds and under the
 * same lease, and then <i>delayed</i>, for which the message goes back to the broker, or <i>blocking</i>, for which it is
 * held with its key's later messages behind it. Delays are floors: up to 20 % is added at random, so that messages that
 * failed together do not come back together.
 *
 * <p>Immutable; each method returns a new policy. Safe for use by any thread.
 */
public final class RetryPolicy {
    /** The standard number of retries in place. */
    public static final int STANDARD_IN_PLACE = 2;

    private static final List<Duration> STANDARD_DELAYS = List.of(
            Duration.ofSeconds(5),
            Duration.ofSeconds(30),
            Duration.ofMinutes(2),
            Duration.ofMinutes(10),
            Duration.ofMinutes(30));
    private static final List<Duration> STANDARD_BLOCKING =
            List.of(Duration.ofMillis(200), Duration.ofSeconds(2), Duration.ofSeconds(20));

    private final Delays delays;
    private final boolean blocking;
    private final int inPlace;
    private final @Nullable Integer attempts;
    private final @Nullable Duration within;
    private final List<Class<? extends Throwable>> permanent;

    private RetryPolicy(
            Delays delays,
            boolean blocking,
            int inPlace,
            @Nullable Integer attempts,
            @Nullable Duration within,
            List<Class<? extends Throwable>> permanent) {
        this.delays = delays;
        this.blocking = blocking;
        this.inPlace = inPlace;
        this.attempts = attempts;
        this.within = within;
        this.permanent = permanent;
    }

    /** {@return 2 retries in place, then after 5 s, 30 s, 2 min, 10 min and 30 min: 8 attempts within 43 minutes} */
    public static RetryPolicy standard() {
        return delays(STANDARD_DELAYS, false).inPlace(STANDARD_IN_PLACE);
    }

    /** {@return the standard of an ordered source: 2 retries in place, then blocking for 200 ms, 2 s and 20 s} */
    public static RetryPolicy standardOrdered() {
        return delays(STANDARD_BLOCKING, true).inPlace(STANDARD_IN_PLACE);
    }

    /** {@return no retry: the first failure is the last} */
    public static RetryPolicy none() {
        return delays(List.of(), false);
    }

    /**
     * Retries after the given delays, one after the other; none in place.
     *
     * @param delays zero or more each
     * @return the policy
     */
    public static RetryPolicy delays(Duration... delays) {
        return delays(Arrays.asList(Arguments.notNull(delays, "delays")), false);
    }

    /**
     * Retries while the key is held, so that order is kept (rule ORD-1); none in place.
     *
     * @param delays zero or more each
     * @return the policy
     */
    public static RetryPolicy blocking(Duration... delays) {
        return delays(Arrays.asList(Arguments.notNull(delays, "delays")), true);
    }

    /**
     * Retries after growing delays; none in place. It needs {@link #attempts} or {@link #within}: without either a consumer
     * refuses it, for it would never end.
     *
     * @param first the first delay, more than zero
     * @param factor by which each delay is longer than the one before, 1 or more
     * @param max the longest delay, at least the first
     * @return the policy
     */
    public static RetryPolicy exponential(Duration first, double factor, Duration max) {
        Arguments.positive(first, "first");
        Arguments.positive(max, "max");
        if (!(factor >= 1) || Double.isInfinite(factor)) {
            throw Arguments.invalid("factor must be 1 or more, is " + factor);
        }
        if (max.compareTo(first) < 0) {
            throw Arguments.invalid("max " + max + " is less than first " + first);
        }
        return new RetryPolicy(new Exponential(first, factor, max), false, 0, null, null, List.of());
    }

    private static RetryPolicy delays(List<Duration> delays, boolean blocking) {
        delays.forEach(delay -> Arguments.notNegative(delay, "delay"));
        return new RetryPolicy(new Listed(List.copyOf(delays)), blocking, 0, null, null, List.of());
    }

    /**
     * Sets the number of retries in place, each after 50 to 500 ms at random.
     *
     * @param retries zero to 10
     * @return a new policy
     */
    public RetryPolicy inPlace(int retries) {
        if (retries < 0 || retries > 10) {
            throw Arguments.invalid("inPlace must be 0 to 10, is " + retries);
        }
        return new RetryPolicy(delays, blocking, retries, attempts, within, permanent);
    }

    /**
     * Sets the number of runs in all, the first and those in place included. If there are more than delays the last delay is
     * repeated; where there are none at all, only the retries in place are left.
     *
     * @param total 1 or more
     * @return a new policy
     */
    public RetryPolicy attempts(int total) {
        Arguments.atLeast(1, total, "attempts");
        return new RetryPolicy(delays, blocking, inPlace, total, within, permanent);
    }

    /**
     * Retries no later than this after the first failure; no other age limit cuts it short. It adds no retry to a policy
     * with listed delays.
     *
     * @param total more than zero
     * @return a new policy
     */
    public RetryPolicy within(Duration total) {
        Arguments.positive(total, "within");
        return new RetryPolicy(delays, blocking, inPlace, attempts, total, permanent);
    }

    /**
     * Adds failures that no retry can mend (rule RTY-2).
     *
     * @param types their classes; subclasses are included, and causes are looked at
     * @return a new policy
     */
    @SafeVarargs
    public final RetryPolicy permanent(Class<? extends Throwable>... types) {
        List<Class<? extends Throwable>> all = new ArrayList<>(permanent);
        for (Class<? extends Throwable> type : Arguments.notNull(types, "types")) {
            all.add(Arguments.notNull(type, "type"));
        }
        return new RetryPolicy(delays, blocking, inPlace, attempts, within, List.copyOf(all));
    }

    /** {@return the number of retries in place} */
    public int inPlaceRetries() {
        return attempts == null ? inPlace : Math.min(inPlace, attempts - 1);
    }

    /** {@return whether the retries after those in place hold the key rather than giving the message back} */
    public boolean isBlocking() {
        return blocking;
    }

    /** {@return whether it retries with delays that would break the order of a key (rule ORD-5)} */
    public boolean isDelayed() {
        return !blocking && delayAfter(inPlace + 1, Duration.ZERO).isPresent();
    }

    /** {@return whether it ends at all: false for an exponential policy without attempts and without a total time} */
    public boolean isBounded() {
        return attempts != null || within != null || delays.bounded();
    }

    /** {@return the number of runs in all, if it is fixed} */
    public OptionalInt maxAttempts() {
        int listed = delays instanceof Listed list ? 1 + inPlace + list.delays().size() : Integer.MAX_VALUE;
        if (attempts != null) {
            boolean noneToRepeat = listed == 1 + inPlace;
            return OptionalInt.of(noneToRepeat ? Math.min(attempts, listed) : attempts);
        }
        return delays.bounded() ? OptionalInt.of(listed) : OptionalInt.empty();
    }

    /** {@return the time after the first failure within which all retries are, if it was set} */
    public Optional<Duration> total() {
        return Optional.ofNullable(within);
    }

    /**
     * The delay before a message is run again that is not in place, without the random part.
     *
     * @param failures how often it has failed in all; more than {@link #inPlaceRetries()}
     * @param sinceFirstFailure how long ago it failed first
     * @return the delay; empty if the attempts are used up
     */
    public Optional<Duration> delayAfter(int failures, Duration sinceFirstFailure) {
        if (attempts != null && failures >= attempts) {
            return Optional.empty();
        }
        Optional<Duration> delay = delays.at(failures - inPlace - 1, attempts != null);
        if (within == null) {
            return delay;
        }
        return delay.filter(next -> sinceFirstFailure.plus(next).compareTo(within) <= 0);
    }

    /**
     * Tells whether a failure was declared permanent.
     *
     * @param failure what the handler threw
     * @return whether it or one of its causes is of a class given to {@link #permanent}
     */
    public boolean isPermanent(Throwable failure) {
        int depth = 0;
        for (Throwable cause = failure; cause != null && depth < 20; cause = cause.getCause(), depth++) {
            for (Class<? extends Throwable> type : permanent) {
                if (type.isInstance(cause)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The delays in their order. */
    private sealed interface Delays {
        Optional<Duration> at(int index, boolean repeatLast);

        boolean bounded();
    }

    private record Listed(List<Duration> delays) implements Delays {
        @Override
        public Optional<Duration> at(int index, boolean repeatLast) {
            if (delays.isEmpty()) {
                return Optional.empty();
            }
            if (index >= delays.size()) {
                return repeatLast ? Optional.of(delays.get(delays.size() - 1)) : Optional.empty();
            }
            return Optional.of(delays.get(Math.max(0, index)));
        }

        @Override
        public boolean bounded() {
            return true;
        }
    }

    private record Exponential(Duration first, double factor, Duration max) implements Delays {
        @Override
        public Optional<Duration> at(int index, boolean repeatLast) {
            double firstMillis = first.getSeconds() * 1e3 + first.getNano() / 1e6;
            double millis = Math.ceil(firstMillis * Math.pow(factor, Math.max(0, index)));
            return Optional.of(millis >= max.toMillis() ? max : Duration.ofMillis((long) millis));
        }

        @Override
        public boolean bounded() {
            return false;
        }
    }
}
