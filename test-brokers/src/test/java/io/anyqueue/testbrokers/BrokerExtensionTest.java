package io.anyqueue.testbrokers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

class BrokerExtensionTest {
    private static final List<String> NOTES = new ArrayList<>();

    @Test
    void givesTheSharedBrokerAndClosesOwnOnesWithTheirScope() {
        NOTES.clear();
        run(Uses.class).assertStatistics(statistics -> statistics.succeeded(2));
        assertThat(NOTES)
                .containsExactly(
                        "class has own-1",
                        "one has own-2, shared",
                        "closed own-2",
                        "two has shared, shared",
                        "closed own-1");
    }

    @Test
    void failsTheTestIfThereIsNoBroker() {
        run(Missing.class)
                .assertStatistics(statistics -> statistics.failed(1).skipped(0).aborted(0));
    }

    private static Events run(Class<?> tests) {
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(tests))
                // Surefire would run the classes below by themselves.
                .configurationParameter("io.anyqueue.testbrokers.inner", "true")
                .execute()
                .testEvents();
    }

    record Broker(String name) implements AutoCloseable {
        @Override
        public void close() {
            NOTES.add("closed " + name);
        }
    }

    static final class Extension extends BrokerExtension<Broker> {
        private static final Broker SHARED = new Broker("shared");
        private static int count;

        Extension() {
            super("fake", Broker.class, () -> SHARED, () -> new Broker("own-" + ++count));
        }
    }

    static final class FailingExtension extends BrokerExtension<Broker> {
        FailingExtension() {
            super("fake", Broker.class, FailingExtension::none, FailingExtension::none);
        }

        private static Broker none() {
            throw new BrokerMissingException("install it", null);
        }
    }

    @ExtendWith(Extension.class)
    static class Uses {
        @BeforeAll
        static void all(@Own Broker own) {
            NOTES.add("class has " + own.name());
        }

        @Test
        void one(@Own Broker own, Broker shared) {
            NOTES.add("one has " + own.name() + ", " + shared.name());
        }

        @Test
        void two(Broker first, Broker second) {
            NOTES.add("two has " + first.name() + ", " + second.name());
        }
    }

    @ExtendWith(FailingExtension.class)
    static class Missing {
        @Test
        void test(Broker broker) {
            NOTES.add(broker.name());
        }
    }
}
