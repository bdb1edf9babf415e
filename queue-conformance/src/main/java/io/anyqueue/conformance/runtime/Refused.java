package io.anyqueue.conformance.runtime;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;

/** Calls that must fail, and how (rule ERR-1). Stateless; any thread. */
final class Refused {
    private Refused() {}

    /** What is called. */
    @FunctionalInterface
    interface Call {
        void run() throws Exception;
    }

    /** {@return the failure of a call that must fail with one of these codes} */
    static QueueException with(String what, Call call, ErrorCode... codes) {
        List<ErrorCode> expected = Arrays.asList(codes);
        try {
            call.run();
        } catch (QueueException e) {
            if (!expected.contains(e.code())) {
                throw new AssertionError(what + " fails with " + e.code() + ", not with " + expected, e);
            }
            if (e.getMessage() == null || e.getMessage().isBlank()) {
                throw new AssertionError(what + " fails with " + e.code() + " and says nothing", e);
            }
            return e;
        } catch (Exception e) {
            throw new AssertionError(what + " fails with no QueueException", e);
        }
        throw new AssertionError(what + " does not fail; it must, with " + expected);
    }

    /** {@return the failure of a call that must be refused as wrong} */
    static QueueException invalid(String what, Call call) {
        return with(what, call, ErrorCode.INVALID_ARGUMENT);
    }

    /** Null is for the compiler no argument: this gives one all the same. */
    static <T> T nothing(Callable<T> none) {
        try {
            return none.call();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
