package io.anyqueue.testbrokers.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.testbrokers.ChildJvm;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the environment changes, seen in other JVMs. */
@Timeout(120)
class EnvironmentTest {
    @Test
    @ExtendWith(KafkaExtension.class)
    void aServerAtAnAddressIsUsedAndLeftAlone(Kafka kafka) throws Exception {
        try (ChildJvm child = ChildJvm.start(Addressed.class, Map.of("ANYQUEUE_TEST_KAFKA", kafka.bootstrap()))) {
            assertThat(child.line()).isEqualTo(kafka.bootstrap());
            assertThat(child.line())
                    .isEqualTo("UnsupportedOperationException: the server's address is from the environment variable"
                            + " ANYQUEUE_TEST_KAFKA, so it cannot be killed;"
                            + " unset ANYQUEUE_TEST_KAFKA to have a server started for the tests");
        }
        kafka.awaitAnswer();
    }

    @Test
    void aBadAddressIsRefusedWithoutShowingIt() throws Exception {
        try (ChildJvm child =
                ChildJvm.start(Addressed.class, Map.of("ANYQUEUE_TEST_KAFKA", "kafka://user:secret@x:1"))) {
            assertThat(child.line())
                    .isEqualTo("IllegalArgumentException: ANYQUEUE_TEST_KAFKA is not of the form"
                            + " host:port,host:port; leave it out to have a server started");
        }
    }

    static final class Addressed {
        private Addressed() {}

        public static void main(String[] args) {
            try {
                Kafka kafka = Kafka.own();
                System.out.println(kafka.bootstrap());
                kafka.close();
                kafka.kill();
            } catch (RuntimeException e) {
                System.out.println(e.getClass().getSimpleName() + ": " + e.getMessage());
            }
        }
    }
}
