package io.anyqueue.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import org.assertj.core.api.AbstractThrowableAssert;

/** What a refusal must look like. */
final class Refused {
    private Refused() {}

    static AbstractThrowableAssert<?, ? extends Throwable> assertUndecodable(
            JsonCodec codec, String json, Class<?> type) {
        return assertUndecodable(codec, json.getBytes(StandardCharsets.UTF_8), type);
    }

    static AbstractThrowableAssert<?, ? extends Throwable> assertUndecodable(
            JsonCodec codec, byte[] body, Class<?> type) {
        return assertRefused(ErrorCode.UNDECODABLE, () -> codec.decode(body, type))
                .hasMessageContaining(type.getTypeName());
    }

    static AbstractThrowableAssert<?, ? extends Throwable> assertUnencodable(JsonCodec codec, Object payload) {
        return assertRefused(ErrorCode.INVALID_ARGUMENT, () -> codec.encode(payload))
                .hasMessageContaining(payload.getClass().getTypeName());
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(ErrorCode code, Runnable call) {
        return assertThatThrownBy(call::run)
                .isExactlyInstanceOf(QueueException.class)
                .satisfies(failure -> {
                    assertThat(((QueueException) failure).code()).isEqualTo(code);
                    assertThat(failure.getMessage()).hasSizeLessThan(600).doesNotContain("null,", "\n");
                });
    }

    /** All that a log would show: message, causes, stack traces. */
    static String printed(Runnable call) {
        QueueException failure = catchThrowableOfType(QueueException.class, call::run);
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
