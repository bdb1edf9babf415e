package io.anyqueue.samples.programs;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** A program in this process, on a thread of its own, so that a test can share a named in-memory broker with it. */
final class Running {
    private final AtomicReference<Throwable> ended = new AtomicReference<>();
    private final Thread thread;

    private Running(Consumer<String[]> main) {
        this.thread = new Thread(() -> main.accept(new String[0]), "main of the program");
        thread.setUncaughtExceptionHandler((t, failure) -> ended.set(failure));
    }

    /** Runs a main method with settings as an operator would give them with {@code -D}, for as long as a test does. */
    static void during(Map<String, String> settings, Consumer<String[]> main, ThrowingCallable test) throws Throwable {
        settings.forEach(System::setProperty);
        Running program = new Running(main);
        program.thread.start();
        try {
            test.call();
        } finally {
            program.end();
            settings.keySet().forEach(System::clearProperty);
        }
    }

    /** Interrupts it, which is one of the ways to end it in order. */
    private void end() throws InterruptedException {
        thread.interrupt();
        thread.join(Duration.ofSeconds(30).toMillis());
        assertThat(thread.isAlive()).isFalse();
        assertThat(ended.get())
                .isInstanceOfSatisfying(
                        QueueException.class,
                        failure -> assertThat(failure.code()).isEqualTo(ErrorCode.INTERRUPTED));
    }
}
