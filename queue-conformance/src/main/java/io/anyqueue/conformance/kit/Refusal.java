package io.anyqueue.conformance.kit;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Sees to it that something is refused, and with the code that fits (rule ERR-1). Stateless. */
public final class Refusal {
    private Refusal() {}

    /**
     * Must be refused with a code: thrown, or as the failure of the stage that the call returns.
     *
     * @param trial waits for the stage
     * @param what the call in words
     * @param code the code
     * @param call the call
     * @return the failure
     */
    public static QueueException of(Trial trial, String what, ErrorCode code, Callable<?> call) {
        return within(trial, what, Trial.SIGNAL, code, call);
    }

    /**
     * Must be refused with a code, within a time.
     *
     * @param trial waits for the stage
     * @param what the call in words
     * @param limit how long to wait for the stage
     * @param code the code
     * @param call the call
     * @return the failure
     */
    public static QueueException within(Trial trial, String what, Duration limit, ErrorCode code, Callable<?> call) {
        Throwable failure = failure(trial, what, limit, call);
        if (failure instanceof QueueException known) {
            trial.check(known.code() == code, what + " must be " + code + " and is " + known);
            return known;
        }
        throw new AssertionError(what + " must be " + code + ", and " + outcome(failure), failure);
    }

    /**
     * Must be refused as misuse: with INVALID_ARGUMENT or a {@link NullPointerException}.
     *
     * @param trial waits for the stage
     * @param what the call in words
     * @param call the call
     */
    public static void misuse(Trial trial, String what, Callable<?> call) {
        Throwable failure = failure(trial, what, Trial.SIGNAL, call);
        boolean refused = failure instanceof NullPointerException
                || (failure instanceof QueueException known && known.code() == ErrorCode.INVALID_ARGUMENT);
        if (!refused) {
            throw new AssertionError(what + " must be refused, and " + outcome(failure), failure);
        }
    }

    private static String outcome(@Nullable Throwable failure) {
        return failure == null ? "it works" : "fails with " + failure;
    }

    private static @Nullable Throwable failure(Trial trial, String what, Duration limit, Callable<?> call) {
        try {
            if (call.call() instanceof CompletionStage<?> stage) {
                trial.await(what, limit, stage);
            }
            return null;
        } catch (AssertionError e) {
            if (e.getCause() == null) {
                throw e;
            }
            return e.getCause();
        } catch (Exception e) {
            return e;
        }
    }
}
