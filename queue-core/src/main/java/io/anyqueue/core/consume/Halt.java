package io.anyqueue.core.consume;

import io.anyqueue.core.pipeline.Job;
import io.anyqueue.core.pipeline.Source;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops a consumer whose process cannot run handlers any more, as memory or classes are missing: that is no fault of its
 * messages, which go back uncounted, until somebody resumes it (rule RTY-2). Called by the worker that met it.
 */
final class Halt {
    private static final Logger LOG = LoggerFactory.getLogger(Halt.class);

    private final Source source;
    private final PollLoop pollLoop;
    private final Dispatcher dispatcher;
    private final Returns returns;
    private final Trouble trouble;

    Halt(Source source, PollLoop pollLoop, Dispatcher dispatcher, Returns returns, Trouble trouble) {
        this.source = source;
        this.pollLoop = pollLoop;
        this.dispatcher = dispatcher;
        this.returns = returns;
        this.trouble = trouble;
    }

    /** First what needs the least memory. */
    void now(Job job, Throwable why) {
        boolean first = !isOn();
        pollLoop.hold(PollLoop.Cause.FATAL);
        pollLoop.awaitFetch();
        source.metrics().released.increment();
        job.waitAgain();
        returns.giveBack(any -> true);
        dispatcher.finished(job);
        trouble.began(Trouble.Kind.FATAL, "stopped fetching, as its handler met " + why + "; resume() tries again");
        if (first) {
            say(job, why);
        }
    }

    private void say(Job job, Throwable why) {
        LOG.error(
                "{}: the handler of message {} met an error that no retry can mend; the message goes back uncounted and"
                        + " nothing is fetched until resume() is called",
                source.name(),
                job.delivery().message().id(),
                why);
    }

    boolean isOn() {
        return pollLoop.isHeld(PollLoop.Cause.FATAL);
    }
}
