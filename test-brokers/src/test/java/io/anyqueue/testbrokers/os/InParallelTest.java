package io.anyqueue.testbrokers.os;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class InParallelTest {
    @Test
    void runsTasksThatWaitForEachOther() {
        CyclicBarrier all = new CyclicBarrier(3);
        AtomicInteger passed = new AtomicInteger();
        Runnable task = () -> {
            await(all);
            passed.incrementAndGet();
        };
        InParallel.run(List.of(task, task, task));
        assertThat(passed).hasValue(3);
    }

    @Test
    void endsAllTasksBeforeItThrowsWhatTheyThrow() {
        AtomicInteger ended = new AtomicInteger();
        Runnable failing = () -> {
            throw new IllegalStateException("failure " + ended.incrementAndGet());
        };
        assertThatThrownBy(() -> InParallel.run(List.of(failing, ended::incrementAndGet, failing)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("failure ")
                .satisfies(thrown -> assertThat(thrown.getSuppressed()).hasSize(1));
        assertThat(ended).hasValue(3);
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }
}
