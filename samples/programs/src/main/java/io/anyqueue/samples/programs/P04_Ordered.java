package io.anyqueue.samples.programs;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import io.anyqueue.QueueClient;
import io.anyqueue.QueueSpec;
import io.anyqueue.RetryPolicy;
import io.anyqueue.WhenExhausted;
import java.sql.SQLException;

public class P04_Ordered {
    record Movement(String account, long cents) {}

    static final QueueSpec<Movement> MOVEMENTS =
            QueueSpec.of("movements", Movement.class).orderedBy(Movement::account);

    static void run(QueueClient client) {
        client.queue(MOVEMENTS)
                .consumer()
                .concurrency(32)
                .retry(RetryPolicy.blocking(ofMillis(200), ofSeconds(2), ofSeconds(20))) // holds the key's lane
                .whenExhausted(WhenExhausted.PARK_KEY)
                .start(movement -> book(movement));
        client.queue(MOVEMENTS).send(new Movement("DE-1", 500)); // key taken from the payload: cannot be forgotten
    }

    static void book(Movement movement) throws SQLException {
        System.out.println("booking " + movement.cents() + " for " + movement.account());
    }
}
