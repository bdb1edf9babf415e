package io.anyqueue.samples.programs;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofSeconds;

import io.anyqueue.IdempotencyStore;
import io.anyqueue.QueueSpec;
import io.anyqueue.RetryPolicy;
import io.anyqueue.test.TestQueues;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class P15_Tests {
    record Hook(String url) {}

    static final QueueSpec<Hook> HOOKS = QueueSpec.of("hooks", Hook.class);

    @Test
    void retries_for_72_hours_then_dead_letters() {
        try (TestQueues queues = new TestQueues()) {
            int[] calls = {0};
            queues.client()
                    .queue(HOOKS)
                    .consumer()
                    .retry(RetryPolicy.exponential(ofSeconds(30), 2, ofHours(6)).within(ofHours(72)))
                    .start(hook -> {
                        calls[0]++;
                        throw new java.io.IOException("down");
                    });
            queues.client().queue(HOOKS).send(new Hook("x"));
            queues.advance(ofHours(73)); // virtual: milliseconds of real time
            assert queues.dead(HOOKS).size() == 1 && calls[0] > 10;
        }
    }

    @Test
    void survives_crash_after_handler() {
        try (TestQueues queues = new TestQueues()) {
            Set<String> seen = new HashSet<>();
            queues.client()
                    .queue(HOOKS)
                    .consumer()
                    .idempotent(IdempotencyStore.inMemory())
                    .start(h -> {
                        assert seen.add(h.url());
                    });
            queues.faults().crashAfterHandler(1);
            queues.faults().duplicateEvery(2);
            queues.client().queue(HOOKS).send(new Hook("x"));
            queues.runUntilIdle();
        }
    }
}
