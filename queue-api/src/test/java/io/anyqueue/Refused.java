package io.anyqueue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.assertj.core.api.AbstractStringAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Asserts that a call is refused with the right code, and gives the message to look at. */
public final class Refused {
    private Refused() {}

    public static AbstractStringAssert<?> invalid(ThrowingCallable call) {
        return with(ErrorCode.INVALID_ARGUMENT, call);
    }

    public static AbstractStringAssert<?> with(ErrorCode code, ThrowingCallable call) {
        QueueException failure = catchThrowableOfType(QueueException.class, call);
        assertThat(failure).as("a QueueException").isNotNull();
        assertThat(failure.code()).isEqualTo(code);
        return assertThat(failure.getMessage());
    }
}
