package io.anyqueue.core.pipeline;

import io.anyqueue.core.Interleavings;
import io.anyqueue.core.TestDelivery;
import io.anyqueue.core.pipeline.Job.Interrupt;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/** A worker that runs a job again and again, beside time-outs, stops, losses and those who take it away while it waits. */
public class JobInterleavingsTest {
    private final Job job = new Job(new TestDelivery("1", "a"));
    private final Runner runner = new Runner();

    /** Counts interrupts, and is none that could be interrupted. */
    private static final class Runner extends Thread {
        private volatile boolean told;

        @Override
        public void interrupt() {
            told = true;
        }
    }

    @Operation(nonParallelGroup = "worker")
    public boolean startFirst() {
        return job.start(runner, 1);
    }

    @Operation(nonParallelGroup = "worker")
    public boolean startSecond() {
        return job.start(runner, 2);
    }

    @Operation(nonParallelGroup = "worker")
    public void waitAgain() {
        job.waitAgain();
    }

    @Operation(nonParallelGroup = "worker")
    public void finish() {
        job.finish();
    }

    @Operation
    public boolean takeAway() {
        return job.takeAway();
    }

    @Operation
    public void lose() {
        job.interrupt(Interrupt.LOST);
    }

    @Operation
    public boolean timeOutFirst() {
        return job.timeOut(1);
    }

    @Operation
    public boolean isRunning() {
        return job.isRunning();
    }

    /** {@return whether the handler was interrupted: once the loss of a running job was said, it was} */
    @Operation
    public boolean isTold() {
        return runner.told;
    }

    @Test
    void RCV_4_is_as_one_after_the_other() {
        Interleavings.check(JobInterleavingsTest.class);
    }
}
