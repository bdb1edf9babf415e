package io.anyqueue.core.consume;

import io.anyqueue.core.Interleavings;
import io.anyqueue.core.pipeline.Source;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/** Once a stop, or a hold that was waited for, has returned nothing is fetched, not even by a fetch that had begun (LIF-1, BKP-4). */
public class PollLoopInterleavingsTest {
    private static final Source SOURCE = Parts.source();

    private final StubReceiver receiver = new StubReceiver();
    private final PollLoop loop = loop(receiver);

    @SuppressWarnings("NullAway")
    private static PollLoop loop(StubReceiver receiver) {
        InFlight inFlight = new InFlight(100, 100);
        UnorderedDispatcher dispatcher = new UnorderedDispatcher();
        Prefetch prefetch = new Prefetch(SOURCE.spec().lease());
        Losses losses = new Losses(SOURCE, inFlight, null, dispatcher, null);
        return new PollLoop(SOURCE, receiver, inFlight, dispatcher, () -> 0, prefetch, losses, 1);
    }

    @Operation(nonParallelGroup = "worker")
    public int run() {
        return loop.run(1, 1);
    }

    @Operation(nonParallelGroup = "owner")
    public void stop() {
        loop.stop();
    }

    @Operation(nonParallelGroup = "owner")
    public void pause() {
        loop.hold(PollLoop.Cause.PAUSED);
        loop.awaitFetch();
    }

    @Operation(nonParallelGroup = "owner")
    public void resume() {
        loop.letGo(PollLoop.Cause.PAUSED);
    }

    @Operation
    public int polls() {
        return receiver.polls();
    }

    @Test
    void LIF_1_is_as_one_after_the_other() {
        Interleavings.check(PollLoopInterleavingsTest.class);
    }
}
