package io.anyqueue.samples.programs;

import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import io.anyqueue.ClientOptions;
import io.anyqueue.QueueClient;
import java.io.IOException;

public class P02_WorkQueue {
    record Resize(String url) {}

    static void resize(Resize resize) throws IOException {
        System.out.println("resizing " + resize.url());
    }

    public static void main(String[] args) {
        try (QueueClient client = QueueClient.connect(ClientOptions.load())) {
            client.queue("resize", Resize.class)
                    .consumer()
                    .concurrency(64)
                    .timeout(ofMinutes(5))
                    .start(P02_WorkQueue::resize);
            client.runUntilShutdown(ofSeconds(25)); // SIGTERM: stop fetching, 25 s grace, release the rest
        }
    }
}
