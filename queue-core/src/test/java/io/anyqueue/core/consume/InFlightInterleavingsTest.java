package io.anyqueue.core.consume;

import io.anyqueue.core.Interleavings;
import io.anyqueue.core.TestDelivery;
import io.anyqueue.core.pipeline.Job;
import java.util.List;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/** The one budget: a job counts from its poll to its settlement, once, whoever removes it. */
public class InFlightInterleavingsTest {
    private final InFlight inFlight = new InFlight(3, 2);
    private final Job first = new Job(new TestDelivery("1", "a"));
    private final Job second = new Job(new TestDelivery("2", "a"));

    @Operation(runOnce = true)
    public void addFirst() {
        inFlight.add(List.of(first));
    }

    @Operation(runOnce = true)
    public void addSecond() {
        inFlight.add(List.of(second));
    }

    @Operation
    public void removeFirst() {
        inFlight.remove(first);
    }

    @Operation
    public void removeSecond() {
        inFlight.remove(second);
    }

    @Operation
    public int room() {
        return inFlight.room();
    }

    @Operation
    public String listed() {
        return inFlight.select(job -> true).stream()
                .map(job -> job.delivery().message().id())
                .toList()
                .toString();
    }

    @Test
    void BKP_1_is_as_one_after_the_other() {
        Interleavings.check(InFlightInterleavingsTest.class);
    }
}
