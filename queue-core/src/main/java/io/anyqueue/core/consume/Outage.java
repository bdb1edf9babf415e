package io.anyqueue.core.consume;

import io.anyqueue.Feature;
import io.anyqueue.core.pipeline.Source;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers that something which handlers need is away. Where the broker cannot tell a release from a crash, messages are
 * then kept here and no more are fetched: released in a loop they would be taken for such that kill their process (rule
 * DLQ-3). Called by workers and by whatever thread brings the result of a move.
 */
final class Outage {
    private static final Logger LOG = LoggerFactory.getLogger(Outage.class);

    private final Source source;
    private final Trouble trouble;
    private final PollLoop pollLoop;
    private final InFlight inFlight;
    private final Runnable wake;
    private final boolean releasesCount;
    /** For what nothing is fetched. */
    private final Set<Trouble.Kind> holding = ConcurrentHashMap.newKeySet();

    Outage(Source source, Trouble trouble, PollLoop pollLoop, InFlight inFlight, Runnable wake) {
        this.source = source;
        this.trouble = trouble;
        this.pollLoop = pollLoop;
        this.inFlight = inFlight;
        this.wake = wake;
        this.releasesCount = !source.capabilities().has(Feature.CRASH_COUNT);
    }

    /** {@return whether the broker counts a release as it counts a crash, so that waiting must be done here} */
    boolean releasesCount() {
        return releasesCount;
    }

    /** Handlers are not to blame, and what they do is tried again. */
    void away(String what, Throwable why) {
        if (!trouble.is(Trouble.Kind.AWAY)) {
            LOG.warn("{}: {}; messages wait uncounted until that is over", source.name(), what, why);
        }
        began(Trouble.Kind.AWAY, what + ": " + why);
    }

    void began(Trouble.Kind kind, String what) {
        trouble.began(kind, what);
        if (releasesCount) {
            holding.add(kind);
            pollLoop.hold(PollLoop.Cause.OUTAGE);
            endIfNothingWaits();
        }
    }

    /** A message is settled, or lost. Its end is seen by those that wait for it: where there are none, others have to try. */
    void endIfNothingWaits() {
        if (pollLoop.isHeld(PollLoop.Cause.OUTAGE) && inFlight.size() == 0) {
            holding.clear();
            letGo();
        }
    }

    /** What one message needs is away, and others may need something else: they are fetched as before. */
    void ofOne(Trouble.Kind kind, String what) {
        trouble.began(kind, what);
    }

    void over(Trouble.Kind kind) {
        trouble.over(kind);
        if (releasesCount && pollLoop.isHeld(PollLoop.Cause.OUTAGE)) {
            holding.remove(kind);
            if (holding.isEmpty()) {
                letGo();
            }
        }
    }

    private void letGo() {
        pollLoop.letGo(PollLoop.Cause.OUTAGE);
        wake.run();
    }
}
