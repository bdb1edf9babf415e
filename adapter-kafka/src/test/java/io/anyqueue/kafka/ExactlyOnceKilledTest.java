package io.anyqueue.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.anyqueue.spi.Endpoint;
import io.anyqueue.testbrokers.kafka.Kafka;
import io.anyqueue.testbrokers.kafka.KafkaNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What follows from a message appears once to readers of what is committed (rule SET-5), while the processes that consume, and nodes of the
 * cluster, are killed at random moments.
 */
@Timeout(900)
class ExactlyOnceKilledTest {
    private static final Logger LOG = LoggerFactory.getLogger(ExactlyOnceKilledTest.class);
    private static final Duration SOON = Duration.ofMinutes(3);
    private static final int KILLS = 8;

    private final Random random = new Random();

    @Test
    void eachMessageHasItsResultOnceWhateverIsKilled() throws Exception {
        try (Kafka kafka = Kafka.own(3);
                Load load = new Load(url(kafka), "in", "out");
                Workers workers = new Workers(url(kafka))) {
            for (int i = 0; i < KILLS; i++) {
                workers.awaitProgress(i % 2);
                LockSupport.parkNanos(Duration.ofMillis(random.nextInt(600)).toNanos());
                workers.killAndStart(i % 2);
                if (i % 4 == 2) {
                    workers.awaitProgress(1);
                    LockSupport.parkNanos(Duration.ofMillis(random.nextInt(600)).toNanos());
                    KafkaNode node = kafka.nodes().get(random.nextInt(3));
                    node.kill();
                    node.start();
                }
            }
            int messages = load.end();
            LOG.info("{} messages while {} processes and two nodes were killed", messages, KILLS);
            check(new Committed(kafka.bootstrap()), messages);
        }
    }

    private static String url(Kafka kafka) {
        return "kafka://" + kafka.bootstrap() + "?session-timeout=PT4S";
    }

    private static void check(Committed committed, int messages) {
        assertThat(committed.read("in")).as("what was sent").hasSize(messages);
        List<String> expected = numbers(messages, number -> !DerivingProcess.isGivenUp(number));
        List<String> letters = numbers(messages, DerivingProcess::isGivenUp);
        String letterQueue = Endpoint.queue("in").deadLetters().physicalName();
        await().atMost(SOON)
                .pollInterval(Duration.ofSeconds(1))
                .untilAsserted(() -> assertThat(committed.read("out")).containsAll(expected));
        await().atMost(SOON)
                .pollInterval(Duration.ofSeconds(1))
                .untilAsserted(() -> assertThat(committed.read(letterQueue)).containsAll(letters));
        assertThat(committed.read("out")).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(committed.read(letterQueue)).containsExactlyInAnyOrderElementsOf(letters);
        LOG.info(
                "{} records were cut off from their transactions",
                committed.readAll("out").size() - expected.size());
    }

    private static List<String> numbers(int messages, IntPredicate which) {
        return IntStream.range(0, messages)
                .filter(which)
                .mapToObj(Integer::toString)
                .toList();
    }

    /** Two processes, of which one is there while the other begins anew. */
    private static final class Workers implements AutoCloseable {
        private final String url;
        private final List<DerivingProcess> processes = new ArrayList<>();

        Workers(String url) throws IOException {
            this.url = url;
            processes.add(start());
            processes.add(start());
        }

        private DerivingProcess start() throws IOException {
            return DerivingProcess.start(url, "in", "out", true);
        }

        void awaitProgress(int which) {
            await().atMost(SOON)
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> processes.get(which).hasGoneOn());
        }

        void killAndStart(int which) throws Exception {
            processes.get(which).kill();
            processes.set(which, start());
        }

        @Override
        public void close() throws IOException {
            for (DerivingProcess process : processes) {
                process.close();
            }
        }
    }
}
