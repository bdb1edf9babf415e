package io.anyqueue.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.anyqueue.spi.Endpoint;
import io.anyqueue.testbrokers.kafka.Kafka;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Nothing is lost of what share groups hand out when processes that consume are killed (rule RCV-4), and the broker is. A session
 * that a living process loses is no crash for a share group, whose locks are renewed all the same.
 */
@Timeout(400)
class ShareKilledTest {
    private static final Logger LOG = LoggerFactory.getLogger(ShareKilledTest.class);
    private static final Duration SOON = Duration.ofMinutes(2);
    private static final int KILLS = 4;

    @Test
    void eachMessageHasItsResultWhateverIsKilled() throws Exception {
        try (Kafka kafka = Kafka.own();
                Load load = new Load(url(kafka), "in", "out")) {
            List<DerivingProcess> processes = new ArrayList<>();
            processes.add(start(kafka));
            processes.add(start(kafka));
            try {
                for (int i = 0; i < KILLS; i++) {
                    DerivingProcess next = processes.get(i % 2);
                    await().atMost(SOON).until(next::hasGoneOn);
                    next.kill();
                    processes.set(i % 2, start(kafka));
                    if (i == 1) {
                        kafka.kill();
                        kafka.start();
                    }
                }
                check(new Committed(kafka.bootstrap()), load.end());
            } finally {
                for (DerivingProcess process : processes) {
                    process.close();
                }
            }
        }
    }

    private static String url(Kafka kafka) {
        return "kafka://" + kafka.bootstrap() + "?consume=share&lock-duration=PT3S";
    }

    private static DerivingProcess start(Kafka kafka) throws Exception {
        return DerivingProcess.start(url(kafka), "in", "out", false);
    }

    private static void check(Committed committed, int messages) throws Exception {
        List<String> expected = IntStream.range(0, messages)
                .filter(number -> !DerivingProcess.isGivenUp(number))
                .mapToObj(Integer::toString)
                .toList();
        List<String> letters = IntStream.range(0, messages)
                .filter(DerivingProcess::isGivenUp)
                .mapToObj(Integer::toString)
                .toList();
        String letterQueue = Endpoint.queue("in").deadLetters().physicalName();
        await().atMost(SOON).pollInterval(Duration.ofSeconds(1)).untilAsserted(() -> {
            assertThat(new HashSet<>(committed.read("out"))).containsAll(expected);
            assertThat(new HashSet<>(committed.read(letterQueue))).containsAll(letters);
        });
        Map<String, Long> counts = committed.read("out").stream()
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
        long again = counts.values().stream().filter(count -> count > 1).count();
        LOG.info("{} of {} messages came again", again, messages);
        assertThat(again).as("what came again").isLessThan(messages / 4);
    }
}
