package io.anyqueue.testbrokers.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.anyqueue.testbrokers.ChildJvm;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

/** What the environment changes, seen in other JVMs. */
@Timeout(120)
class EnvironmentTest {
    @Test
    void aBrokerThatIsLeftOutIsReportedAsSkipped() throws Exception {
        try (ChildJvm child = ChildJvm.start(Skipping.class, Map.of("ANYQUEUE_TEST_BROKERS_SKIP", "kafka, RabbitMQ"))) {
            assertThat(child.line())
                    .isEqualTo("TestAbortedException: ANYQUEUE_TEST_BROKERS_SKIP=kafka, RabbitMQ"
                            + " leaves out the tests with rabbitmq");
            assertThat(child.line()).isEqualTo("skipped 1, failed 0");
        }
    }

    @Test
    @ExtendWith(RabbitMqExtension.class)
    void aServerAtAnAddressIsUsedAndLeftAlone(RabbitMq rabbit) throws Exception {
        String address = "amqp://guest:guest@127.0.0.1:" + rabbit.port();
        try (ChildJvm child = ChildJvm.start(Addressed.class, Map.of("ANYQUEUE_TEST_RABBITMQ", address))) {
            assertThat(child.line()).isEqualTo(address + "/%2F");
            assertThat(child.line()).isEqualTo(rabbit.version());
            assertThat(child.line())
                    .isEqualTo("UnsupportedOperationException: the server's address is from the environment variable"
                            + " ANYQUEUE_TEST_RABBITMQ, so it cannot be killed;"
                            + " unset ANYQUEUE_TEST_RABBITMQ to have a server started for the tests");
        }
        assertThat(rabbit.version()).isNotEmpty();
    }

    @Test
    void aBadAddressIsRefusedWithoutShowingIt() throws Exception {
        try (ChildJvm child =
                ChildJvm.start(Addressed.class, Map.of("ANYQUEUE_TEST_RABBITMQ", "http://user:secret@x"))) {
            assertThat(child.line())
                    .isEqualTo("IllegalArgumentException: ANYQUEUE_TEST_RABBITMQ is not of the form"
                            + " amqp://user:password@host:port/%2F; leave it out to have a server started");
        }
    }

    private static void report(Runnable action) {
        try {
            action.run();
            System.out.println("nothing thrown");
        } catch (RuntimeException e) {
            System.out.println(e.getClass().getSimpleName() + ": " + e.getMessage());
        }
    }

    static final class Skipping {
        private Skipping() {}

        public static void main(String[] args) {
            report(RabbitMq::shared);
            Events classes = EngineTestKit.engine("junit-jupiter")
                    .selectors(selectClass(Uses.class))
                    .execute()
                    .containerEvents();
            System.out.println("skipped " + classes.skipped().count() + ", failed "
                    + classes.failed().count());
        }
    }

    static final class Addressed {
        private Addressed() {}

        public static void main(String[] args) {
            report(() -> {
                RabbitMq rabbit = RabbitMq.own();
                System.out.println(rabbit.uri());
                System.out.println(rabbit.version());
                rabbit.close();
                rabbit.kill();
            });
        }
    }

    @ExtendWith(RabbitMqExtension.class)
    static class Uses {
        @Test
        void test(RabbitMq rabbit) {
            rabbit.version();
        }
    }
}
