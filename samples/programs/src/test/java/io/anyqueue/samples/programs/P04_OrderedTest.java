package io.anyqueue.samples.programs;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.anyqueue.ClientOptions;
import io.anyqueue.DeadLetter;
import io.anyqueue.ErrorCode;
import io.anyqueue.MessageQueue;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueException;
import io.anyqueue.RetryPolicy;
import io.anyqueue.WhenExhausted;
import io.anyqueue.samples.programs.P04_Ordered.Movement;
import io.anyqueue.test.VirtualTime;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
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
    void anAccountThatCannotBeBookedWaitsWithItsLaterMovementsAndComesBackInOrder() {
        VirtualTime time = new VirtualTime();
        try (QueueClient client = QueueClient.connect(ClientOptions.of("inmemory:")
                .use(time.clock())
                .use(time.scheduler())
                .use(time.executor()))) {
            MessageQueue<Movement> movements = client.queue(P04_Ordered.MOVEMENTS);
            List<Long> booked = new ArrayList<>();
            boolean[] down = {true};
            movements
                    .consumer()
                    .concurrency(32)
                    .retry(RetryPolicy.blocking(ofMillis(200), ofSeconds(2), ofSeconds(20)))
                    .whenExhausted(WhenExhausted.PARK_KEY)
                    .start(movement -> {
                        if (down[0] && movement.account().equals("DE-1")) {
                            throw new SQLException("the account is locked");
                        }
                        booked.add(movement.cents());
                    });
            List.of(1L, 2L, 3L).forEach(cents -> movements.send(new Movement("DE-1", cents)));
            movements.send(new Movement("FR-2", 100));
            time.advance(Duration.ofMinutes(1));
            assertThat(booked).containsExactly(100L);
            assertThat(movements.deadLetters().list().map(DeadLetter::reason))
                    .containsExactly("EXHAUSTED", "KEY_PARKED", "KEY_PARKED");

            down[0] = false;
            assertThat(movements.deadLetters().redrive(letter -> true).run()).isEqualTo(1);
            movements.send(new Movement("DE-1", 4));
            time.advance(Duration.ofSeconds(1));
            assertThat(booked).containsExactly(100L, 1L, 2L, 3L, 4L);
        }
    }
}
