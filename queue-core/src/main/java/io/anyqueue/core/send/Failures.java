package io.anyqueue.core.send;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** Turns what a future failed with into the one exception of Anyqueue (rule ERR-1). */
public final class Failures {
    private Failures() {}

    /** {@return the failure as a {@link QueueException} whose stack trace is the caller's, with the original as cause} */
    public static QueueException of(Throwable failure) {
        Throwable root = failure;
        while ((root instanceof CompletionException || root instanceof ExecutionException) && root.getCause() != null) {
            root = root.getCause();
        }
        if (root instanceof io.anyqueue.PartialSendException partial) {
            return partial;
        }
        if (root instanceof QueueException known) {
            return new QueueException(known.code(), String.valueOf(known.getMessage()), known, known.maybeStored());
        }
        return new QueueException(ErrorCode.INTERNAL, "unexpected failure: " + root, root);
    }
}
