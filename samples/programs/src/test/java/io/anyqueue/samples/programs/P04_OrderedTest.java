package io.anyqueue.samples.programs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.anyqueue.ConsumerBuilder;
import io.anyqueue.ErrorCode;
import io.anyqueue.MessageQueue;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueException;
import io.anyqueue.WhenExhausted;
import io.anyqueue.samples.programs.P04_Ordered.Movement;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class P04_OrderedTest {
    private static final List<String> ACCOUNTS = List.of("DE-1", "FR-2", "IT-3");

    @Test
    void booksEachAccountInTheOrderOfTheSends() {
        try (Output output = new Output();
                QueueClient client = QueueClient.connect("inmemory:")) {
            P04_Ordered.run(client);
            MessageQueue<Movement> movements = client.queue(P04_Ordered.MOVEMENTS);
            IntStream.range(1_000, 1_100)
                    .forEach(cents -> ACCOUNTS.forEach(account -> movements.send(new Movement(account, cents))));
            Waiting.until(() -> output.lines().size() == 1 + 100 * ACCOUNTS.size());

            for (String account : ACCOUNTS) {
                assertThat(output.lines())
                        .filteredOn(line -> line.endsWith(account))
                        .containsExactlyElementsOf(expected(account));
            }
        }
    }

    /** The program itself sends the first movement of one account. */
    private static List<String> expected(String account) {
        IntStream first = account.equals("DE-1") ? IntStream.of(500) : IntStream.empty();
        return IntStream.concat(first, IntStream.range(1_000, 1_100))
                .mapToObj(cents -> "booking " + cents + " for " + account)
                .toList();
    }

    @Test
    void theKeyCannotBeForgotten() {
        try (QueueClient client = QueueClient.connect("inmemory:")) {
            MessageQueue<Movement> movements = client.queue(P04_Ordered.MOVEMENTS);
            assertThatExceptionOfType(QueueException.class)
                    .isThrownBy(() -> movements.send(new Movement(null, 1)))
                    .extracting(QueueException::code)
                    .isEqualTo(ErrorCode.INVALID_ARGUMENT);
        }
    }

    @Test
    void parkingTheKeyIsRefusedByThisRelease() {
        try (QueueClient client = QueueClient.connect("inmemory:")) {
            ConsumerBuilder<Movement> consumer =
                    client.queue(P04_Ordered.MOVEMENTS).consumer();
            assertThatExceptionOfType(QueueException.class)
                    .isThrownBy(() -> consumer.whenExhausted(WhenExhausted.PARK_KEY))
                    .extracting(QueueException::code)
                    .isEqualTo(ErrorCode.UNSUPPORTED);
        }
    }
}
