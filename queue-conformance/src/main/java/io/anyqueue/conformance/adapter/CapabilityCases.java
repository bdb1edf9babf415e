package io.anyqueue.conformance.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.Capabilities;
import io.anyqueue.Feature;
import io.anyqueue.LeaseModel;
import io.anyqueue.Limits;
import io.anyqueue.Support;
import io.anyqueue.conformance.Means;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.Trial;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.Spec;
import java.time.Duration;
import java.util.List;

/** What capabilities say by themselves; whether it is so is for all the other cases (rule CAP-1). */
final class CapabilityCases {
    private CapabilityCases() {}

    static List<Case> all() {
        return List.of(
                Case.of(
                        "CAP-1/every-feature",
                        "Every feature is declared, an absent one with its reason",
                        CapabilityCases::features),
                Case.of("CAP-1/limits", "Limits are such that one can live within them", CapabilityCases::limits),
                Case.of(
                        "CAP-1/before-declaring",
                        "Capabilities do not depend on what is declared",
                        CapabilityCases::before),
                Case.of("CAP-1/without-a-broker", "Capabilities need no connection", CapabilityCases::withoutBroker)
                        .needs(Means.UNREACHABLE),
                Case.of("CAP-1/order", "What order rules out is absent on ordered endpoints", CapabilityCases::order));
    }

    private static List<Spec> specs(Trial trial) {
        Spec queue = trial.plainQueue();
        Endpoint.TopicEndpoint topic = Endpoint.topic(trial.newName());
        return List.of(
                queue,
                queue.withOrdered(true),
                queue.withEndpoint(topic),
                queue.withEndpoint(topic).withOrdered(true),
                queue.withEndpoint(topic.subscription("one")),
                queue.withEndpoint(topic.subscription("one")).withOrdered(true));
    }

    private static String name(Spec spec) {
        return (spec.ordered() ? "ordered " : "") + spec.endpoint();
    }

    private static void features(Trial trial) {
        for (Spec spec : specs(trial)) {
            Capabilities capabilities = trial.capabilities(spec);
            assertThat(capabilities.broker()).as("the broker's name").isNotBlank();
            assertThat(capabilities.features().keySet())
                    .as("features declared for %s", name(spec))
                    .containsExactlyInAnyOrder(Feature.values());
            capabilities.features().forEach((feature, support) -> {
                String what = feature + " of " + name(spec);
                if (support instanceof Support.Absent absent) {
                    assertThat(absent.reason())
                            .as("the reason why %s is absent", what)
                            .isNotBlank();
                    assertThat(absent.remedy())
                            .as("the remedy where %s is absent", what)
                            .isNotBlank();
                } else if (support instanceof Support.Emulated emulated) {
                    assertThat(emulated.how()).as("how %s is emulated", what).isNotBlank();
                }
            });
        }
    }

    private static void limits(Trial trial) {
        for (Spec spec : specs(trial)) {
            Capabilities capabilities = trial.capabilities(spec);
            Limits limits = capabilities.limits();
            String of = " of " + name(spec);
            assertThat(limits.maxBytes()).as("maxBytes" + of).isPositive();
            assertThat(limits.maxName()).as("maxName" + of).isGreaterThanOrEqualTo(16);
            assertThat(limits.maxDeliveries()).as("maxDeliveries" + of).isPositive();
            assertThat(limits.maxLease()).as("maxLease" + of).isGreaterThanOrEqualTo(spec.lease());
            assertThat(limits.retention()).as("retention" + of).isPositive();
            assertThat(List.of(limits.crashDetection(), limits.subscriptionVisible(), limits.ackLoss()))
                    .as("crashDetection, subscriptionVisible and ackLoss" + of)
                    .noneMatch(Duration::isNegative);
            if (capabilities.has(Feature.DELAYED_SEND)) {
                assertThat(limits.maxDelay()).as("maxDelay" + of).isPositive();
            }
            if (capabilities.has(Feature.DELAYED_RELEASE)) {
                assertThat(limits.maxRelease()).as("maxRelease" + of).isPositive();
            }
            if (capabilities.leases() == LeaseModel.SESSION) {
                assertThat(limits.crashDetection()).as("crashDetection" + of).isPositive();
            }
        }
    }

    private static void before(Trial trial) {
        Spec queue = trial.plainQueue();
        Capabilities before = trial.anotherClient().capabilities(queue);
        trial.declare(queue);
        assertThat(trial.capabilities(queue)).isEqualTo(before);
    }

    private static void withoutBroker(Trial trial) {
        Spec queue = trial.plainQueue();
        Capabilities here = trial.capabilities(queue);
        Capabilities there = trial.connect(
                        trial.adapter().unreachable(), trial.adapter().settings())
                .capabilities(queue);
        assertThat(there.features()).isEqualTo(here.features());
        assertThat(there.leases()).isEqualTo(here.leases());
    }

    private static void order(Trial trial) {
        for (Spec spec : specs(trial)) {
            Capabilities capabilities = trial.capabilities(spec);
            if (spec.ordered() && capabilities.has(Feature.ORDERED_KEYS)) {
                assertThat(capabilities.support(Feature.DELAYED_SEND).available())
                        .as("DELAYED_SEND of %s, where a delayed message would be overtaken", name(spec))
                        .isFalse();
            }
            if (!capabilities.has(Feature.ORDERED_KEYS)) {
                assertThat(capabilities.has(Feature.ORDERED_PIPELINING))
                        .as("ORDERED_PIPELINING without ORDERED_KEYS")
                        .isFalse();
            }
        }
    }
}
