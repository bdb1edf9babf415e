package io.anyqueue.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Waiting and refusing, in the words that all tests share. */
final class Eventually {
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private Eventually() {}

    /** What is to become true. */
    interface Assertion {
        void check() throws Exception;
    }

    static void eventually(Assertion assertion) {
        await().atMost(DEADLINE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .untilAsserted(assertion::check);
    }

    static void awaitLatch(CountDownLatch latch) throws InterruptedException {
        assertThat(latch.await(DEADLINE.toSeconds(), TimeUnit.SECONDS))
                .as("the latch opens within %s", DEADLINE)
                .isTrue();
    }

    static QueueException refused(ErrorCode code, ThrowingCallable call) {
        QueueException refusal = Assertions.catchThrowableOfType(QueueException.class, call);
        assertThat(refusal).as("a QueueException").isNotNull();
        assertThat(refusal.code()).as("code of: %s", refusal).isEqualTo(code);
        return refusal;
    }
}
