package io.anyqueue.core.consume;

import io.anyqueue.core.Interleavings;
import io.anyqueue.core.TestDelivery;
import io.anyqueue.core.pipeline.Job;
import io.anyqueue.core.pipeline.Source;
import io.anyqueue.spi.Delivery;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/** Every acknowledgement is sent once, also when a batch is sent while another thread adds to it (rules SET-1, SET-2). */
public class SettlerInterleavingsTest {
    private static final Source SOURCE = Parts.source();

    private final AtomicInteger given = new AtomicInteger();
    private final AtomicInteger sent = new AtomicInteger();
    private final Job first = job("1");
    private final Job second = job("2");
    private final Settler settler;

    public SettlerInterleavingsTest() {
        settler = new Settler(
                SOURCE,
                new StubReceiver() {
                    @Override
                    public void ack(List<? extends Delivery> deliveries, Results results) {
                        sent.addAndGet(deliveries.size());
                    }
                },
                job -> {});
    }

    private static Job job(String id) {
        Job job = new Job(new TestDelivery(id, "a"));
        job.delivery().attach(job);
        return job;
    }

    @Operation(runOnce = true)
    public void ackFirst() {
        settler.ack(first);
        given.incrementAndGet();
    }

    @Operation(runOnce = true)
    public void ackSecond() {
        settler.ack(second);
        given.incrementAndGet();
    }

    @Operation
    public void flush() {
        settler.flush();
    }

    @Validate
    public void allAreSentOnce() {
        settler.flush();
        if (sent.get() != given.get()) {
            throw new IllegalStateException(
                    sent.get() + " acknowledgements were sent of " + given.get() + " that were given");
        }
    }

    @Test
    void SET_1_is_as_one_after_the_other() {
        Interleavings.check(SettlerInterleavingsTest.class);
    }
}
