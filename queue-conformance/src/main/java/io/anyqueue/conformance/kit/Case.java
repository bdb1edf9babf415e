package io.anyqueue.conformance.kit;

import io.anyqueue.Feature;
import io.anyqueue.LeaseModel;
import io.anyqueue.conformance.Means;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.Spec;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One thing that must be true of every adapter. Immutable.
 *
 * @param id the rule that it proves, a slash, and words; unique within its suite
 * @param title what must be true
 * @param body proves it, or throws
 * @param need the feature without which it cannot be true, or null
 * @param means the hooks that it needs
 * @param leases the lease model that it is about, or null for both
 */
public record Case(
        String id,
        String title,
        Body body,
        @Nullable Need need,
        Set<Means> means,
        @Nullable LeaseModel leases) {

    /** Proves something, or throws an {@link AssertionError}. */
    @FunctionalInterface
    public interface Body {
        /**
         * Runs.
         *
         * @param trial what it runs with
         * @throws Exception fails the case
         */
        void run(Trial trial) throws Exception;
    }

    /**
     * A feature that the case is about.
     *
     * @param feature the feature
     * @param of the spec for which the adapter is asked, made from a plain queue
     * @param whenAbsent must hold if the adapter declares the feature absent; null: then the case itself must fail, as what is
     *     not declared must not be there
     */
    public record Need(
            Feature feature,
            UnaryOperator<Spec> of,
            @Nullable Body whenAbsent) {
        Spec spec() {
            return of.apply(Spec.of(Endpoint.queue("capabilities")));
        }
    }

    /**
     * Checks the id and copies the set.
     *
     * @param id the rule that it proves, a slash, and words; unique within its suite
     * @param title what must be true
     * @param body proves it, or throws
     * @param need the feature without which it cannot be true, or null
     * @param means the hooks that it needs
     * @param leases the lease model that it is about, or null for both
     */
    public Case {
        if (!id.matches("[A-Z]{3}-[0-9]+/[a-z0-9-]+")) {
            throw new IllegalArgumentException("the id of a case is like SND-1/some-words, not " + id);
        }
        means = Set.copyOf(means);
    }

    /**
     * A case that holds for every adapter.
     *
     * @param id the rule that it proves, a slash, and words
     * @param title what must be true
     * @param body proves it
     * @return the case
     */
    public static Case of(String id, String title, Body body) {
        return new Case(id, title, body, null, Set.of(), null);
    }

    /**
     * Only if an unordered queue has a feature; if it is declared absent the case must fail.
     *
     * @param feature the feature
     * @return a new case
     */
    public Case needs(Feature feature) {
        return needs(feature, UnaryOperator.identity(), null);
    }

    /**
     * Only if an unordered queue has a feature.
     *
     * @param feature the feature
     * @param whenAbsent must hold if it is declared absent
     * @return a new case
     */
    public Case needs(Feature feature, Body whenAbsent) {
        return needs(feature, UnaryOperator.identity(), whenAbsent);
    }

    /**
     * Only if an ordered queue has a feature; if it is declared absent the case must fail.
     *
     * @param feature the feature
     * @return a new case
     */
    public Case needsOrdered(Feature feature) {
        return needs(feature, spec -> spec.withOrdered(true), null);
    }

    /**
     * Only with a feature.
     *
     * @param feature the feature
     * @param of the spec for which the adapter is asked
     * @param whenAbsent must hold if it is declared absent; null: then the case must fail
     * @return a new case
     */
    public Case needs(Feature feature, UnaryOperator<Spec> of, @Nullable Body whenAbsent) {
        return new Case(id, title, body, new Need(feature, of, whenAbsent), means, leases);
    }

    /**
     * Only with a hook.
     *
     * @param hook the hook
     * @return a new case
     */
    public Case needs(Means hook) {
        Set<Means> all = new TreeSet<>(means);
        all.add(hook);
        return new Case(id, title, body, need, all, leases);
    }

    /**
     * Only for one lease model.
     *
     * @param model the model
     * @return a new case
     */
    public Case onlyFor(LeaseModel model) {
        return new Case(id, title, body, need, means, model);
    }

    /** {@return the rule that it proves} */
    public String rule() {
        return id.substring(0, id.indexOf('/'));
    }

    /** {@return whether no other case may run at the same time, as it takes the broker away} */
    public boolean disturbs() {
        return means.contains(Means.RESTART)
                || means.contains(Means.KILL)
                || means.contains(Means.OUTAGE)
                || means.contains(Means.NETWORK_CUT);
    }

    Optional<Need> needed() {
        return Optional.ofNullable(need);
    }
}
