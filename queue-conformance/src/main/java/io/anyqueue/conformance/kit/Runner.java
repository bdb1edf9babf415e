package io.anyqueue.conformance.kit;

import io.anyqueue.Capabilities;
import io.anyqueue.LeaseModel;
import io.anyqueue.Support;
import io.anyqueue.conformance.AdapterUnderTest;
import io.anyqueue.conformance.Means;
import io.anyqueue.conformance.Outcome;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Runs one case on a thread of its own, within a limit. Stateless but for the count that makes names unique; any thread. */
public final class Runner {
    private static final Duration LIMIT = Duration.ofSeconds(90);

    /** A broker that does not come back should be the complaint, and whoever starts it has limits of its own. */
    private static final Duration DISTURBING_LIMIT = Duration.ofMinutes(5);

    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final String RUN = Long.toString(System.currentTimeMillis() & 0xFFFFFFFL, 36);

    private final AdapterUnderTest adapter;
    private final long seed;
    private final boolean turnsClock;

    /**
     * A runner.
     *
     * @param adapter the adapter
     * @param seed makes what is random repeatable
     * @param turnsClock whether to use the adapter's {@link io.anyqueue.conformance.TestClock}, if it has one
     */
    public Runner(AdapterUnderTest adapter, long seed, boolean turnsClock) {
        this.adapter = adapter;
        this.seed = seed;
        this.turnsClock = turnsClock;
    }

    /**
     * Runs a case.
     *
     * @param test the case
     * @return what became of it; never throws for a failure
     */
    public Result run(Case test) {
        Set<Means> missing = new TreeSet<>(test.means());
        missing.removeAll(adapter.means());
        if (!missing.isEmpty()) {
            return new Result(test, Outcome.NOT_SUPPORTED, "", "no hook: " + missing);
        }
        AtomicReference<Result> result = new AtomicReference<>();
        Thread thread = new Thread(() -> result.set(tryOut(test)), "conformance " + test.id());
        thread.setDaemon(true);
        thread.start();
        return join(test, thread, result);
    }

    private Result join(Case test, Thread thread, AtomicReference<@Nullable Result> result) {
        Duration limit = TimeScale.scaled(test.disturbs() ? DISTURBING_LIMIT : LIMIT);
        try {
            thread.join(limit.toMillis());
            StringBuilder stack = new StringBuilder();
            for (StackTraceElement element : thread.getStackTrace()) {
                stack.append("\n    at ").append(element);
            }
            thread.interrupt();
            Result found = result.get();
            return found != null
                    ? found
                    : new Result(test, Outcome.FAIL, "", "did not end within " + limit + ", it is" + stack);
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
            return new Result(test, Outcome.FAIL, "", "the run was interrupted");
        }
    }

    private Result tryOut(Case test) {
        String name = "q" + RUN + "-" + COUNT.incrementAndGet();
        try (Trial trial =
                new Trial(adapter, name, seed, turnsClock ? adapter.newClock() : java.util.Optional.empty())) {
            return judge(test, trial);
        } catch (Throwable e) {
            return new Result(test, Outcome.FAIL, "", "cannot even connect: " + trace(e));
        }
    }

    private Result judge(Case test, Trial trial) {
        Case.Need need = test.needed().orElse(null);
        Support support =
                need == null ? Support.NATIVE : trial.capabilities(need.spec()).support(need.feature());
        String how = need == null ? "" : how(support);
        try {
            if (test.leases() != null) {
                checkLeases(test.leases(), trial);
            }
            if (support instanceof Support.Absent absent) {
                return absent(test, trial, need, absent);
            }
            test.body().run(trial);
            return new Result(test, Outcome.PASS, how, "");
        } catch (NotSupported e) {
            return new Result(test, Outcome.NOT_SUPPORTED, how, String.valueOf(e.getMessage()));
        } catch (Throwable e) {
            return new Result(test, Outcome.FAIL, how, failure(trial, e));
        }
    }

    private static void checkLeases(LeaseModel model, Trial trial) {
        Capabilities capabilities = trial.capabilities(trial.plainQueue());
        if (capabilities.leases() != model) {
            throw new NotSupported("leases are " + capabilities.leases() + " on " + capabilities.broker());
        }
    }

    /** Absent must mean absent: what is refused or does not work, and not what merely nobody tried. */
    private static Result absent(Case test, Trial trial, Case.@Nullable Need need, Support.Absent absent) {
        Case.Body whenAbsent = need == null ? null : need.whenAbsent();
        String reason = absent.reason() + "; " + absent.remedy();
        try {
            if (whenAbsent != null) {
                whenAbsent.run(trial);
                return new Result(test, Outcome.NOT_SUPPORTED, "", reason);
            }
            test.body().run(trial);
        } catch (NotSupported e) {
            return new Result(test, Outcome.NOT_SUPPORTED, "", reason);
        } catch (Throwable e) {
            return whenAbsent == null
                    ? new Result(test, Outcome.NOT_SUPPORTED, "", reason)
                    : new Result(test, Outcome.FAIL, "", "declared absent, and not refused: " + failure(trial, e));
        }
        return new Result(test, Outcome.FAIL, "", "declared absent (" + reason + "), and yet it works");
    }

    private static String how(Support support) {
        return support instanceof Support.Emulated emulated ? "emulated: " + emulated.how() : "native";
    }

    private static String failure(Trial trial, Throwable failure) {
        return failure.getMessage() + "\n  adapter " + trial.adapter().name() + " ("
                + trial.adapter().configuration() + "), broker version "
                + trial.adapter().brokerVersion() + ", seed " + trial.seed() + "\n"
                + trial.timeline().describe() + trace(failure);
    }

    private static String trace(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
