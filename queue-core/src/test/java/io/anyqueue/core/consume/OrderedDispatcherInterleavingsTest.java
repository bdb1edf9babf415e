package io.anyqueue.core.consume;

import io.anyqueue.core.Interleavings;
import io.anyqueue.core.TestDelivery;
import io.anyqueue.core.pipeline.Job;
import java.util.List;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/** Three jobs, two of one key: however polls, workers and losses interleave, it is as if they came one after the other. */
public class OrderedDispatcherInterleavingsTest {
    private final OrderedDispatcher dispatcher = new OrderedDispatcher();
    private final Job first = job("1", "a");
    private final Job second = job("2", "a");
    private final Job other = job("3", "b");

    private static Job job(String id, String key) {
        return new Job(new TestDelivery(id, key));
    }

    @Operation(runOnce = true)
    public void addFirstOfKey() {
        dispatcher.add(List.of(first));
    }

    @Operation(runOnce = true)
    public void addOthers() {
        dispatcher.add(List.of(second, other));
    }

    @Operation
    public String next() {
        Job job = dispatcher.next();
        return job == null ? "nothing" : job.delivery().message().id();
    }

    @Operation
    public void firstFinished() {
        dispatcher.finished(first);
    }

    @Operation
    public void secondFinished() {
        dispatcher.finished(second);
    }

    @Operation(runOnce = true)
    public void againOther() {
        dispatcher.again(other);
    }

    @Operation
    public int ready() {
        return dispatcher.ready();
    }

    @Test
    void ORD_1_is_as_one_after_the_other() {
        Interleavings.check(OrderedDispatcherInterleavingsTest.class);
    }
}
