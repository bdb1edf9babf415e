package io.anyqueue.core.consume;

import io.anyqueue.core.Interleavings;
import io.anyqueue.core.TestDelivery;
import io.anyqueue.core.pipeline.Job;
import java.util.List;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/** No job is run twice or forgotten; how many are ready is an estimate while others are at it, and exact when nobody is. */
public class UnorderedDispatcherInterleavingsTest {
    private final UnorderedDispatcher dispatcher = new UnorderedDispatcher();
    private final Job first = new Job(new TestDelivery("1", "a"));
    private final Job second = new Job(new TestDelivery("2", "a"));

    @Operation(runOnce = true)
    public void addFirst() {
        dispatcher.add(List.of(first));
    }

    @Operation(runOnce = true)
    public void addSecond() {
        dispatcher.add(List.of(second));
    }

    @Operation
    public String next() {
        Job job = dispatcher.next();
        return job == null ? "nothing" : job.delivery().message().id();
    }

    @Operation
    public void again() {
        dispatcher.again(first);
    }

    @Validate
    public void countsWhatIsThere() {
        int counted = dispatcher.ready();
        int found = 0;
        while (dispatcher.next() != null) {
            found++;
        }
        if (counted != found) {
            throw new IllegalStateException("counts " + counted + " and has " + found);
        }
    }

    @Test
    void BKP_2_is_as_one_after_the_other() {
        Interleavings.check(UnorderedDispatcherInterleavingsTest.class);
    }
}
