package io.anyqueue.core.failure;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** Tells errors of the process from failures of a handler. Stateless. */
public final class FatalErrors {
    private static final int DEEPEST = 16;

    private FatalErrors() {}

    /**
     * {@return whether the process, and not the message, is at fault} An overflow of the stack is the handler's own doing, and
     * an attempt. Looks into the exceptions that only carry others.
     */
    public static boolean isFatal(Throwable failure) {
        Throwable error = failure;
        for (int depth = 0; depth < DEEPEST && carries(error) && error.getCause() != null; depth++) {
            error = error.getCause();
        }
        return error instanceof LinkageError
                || (error instanceof VirtualMachineError && !(error instanceof StackOverflowError));
    }

    private static boolean carries(Throwable error) {
        return error instanceof ExecutionException
                || error instanceof CompletionException
                || error instanceof InvocationTargetException
                || error instanceof UndeclaredThrowableException;
    }
}
