package io.anyqueue.samples.programs;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.Callable;

/** Waits until something holds; long enough for a busy machine, as a test that passes does not wait that long. */
final class Waiting {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private Waiting() {}

    static void until(Callable<Boolean> condition) {
        await().atMost(PATIENCE).until(condition);
    }
}
