package io.anyqueue.test;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

@SuppressWarnings("FutureReturnValueIgnored") // The log says what ran.
class VirtualTimeTest {
    private final VirtualTime time = new VirtualTime();
    private final Instant start = time.clock().instant();
    private final List<String> log = new ArrayList<>();

    private void log(String what) {
        log.add(what + "@" + Duration.between(start, time.clock().instant()).toMillis());
    }

    private ScheduledFuture<?> in(long millis, String what) {
        return time.scheduler().schedule(() -> log(what), millis, TimeUnit.MILLISECONDS);
    }

    @Test
    void runsWhatBecomesDueOnTheWayEachAtItsOwnTime() {
        in(20, "late");
        in(10, "early");
        time.scheduler().schedule(() -> in(5, "nested"), 10, TimeUnit.MILLISECONDS);
        in(10, "same time, after");

        time.advance(ofMillis(19));
        assertThat(log).containsExactly("early@10", "same time, after@10", "nested@15");
        assertThat(time.clock().instant()).isEqualTo(start.plusMillis(19));

        time.advance(Duration.ofDays(3));
        assertThat(log).endsWith("late@20");
        assertThat(time.clock().instant()).isEqualTo(start.plusMillis(19).plus(Duration.ofDays(3)));
        assertThat(time.timeSource().currentTimeMillis()).isEqualTo(time.clock().millis());
    }

    @Test
    void nothingRunsUnasked() {
        time.executor().execute(() -> log("task"));
        in(0, "timer");
        assertThat(log).isEmpty();
        time.runUntilIdle();
        assertThat(log).containsExactly("task@0", "timer@0");
    }

    @Test
    void idleIsWhenNothingIsDueNowHoweverManyTimersThereAre() {
        time.scheduler().scheduleAtFixedRate(() -> log("tick"), 1, 1, TimeUnit.NANOSECONDS);
        time.executor().execute(() -> time.executor().execute(() -> log("second")));
        time.runUntilIdle();
        assertThat(log).containsExactly("second@0");
        assertThat(time.clock().instant()).isEqualTo(start);
    }

    @Test
    void repeatsAtAFixedRateAndWithAFixedDelay() {
        time.scheduler().scheduleAtFixedRate(() -> slow("rate", ofMillis(30)), 100, 100, TimeUnit.MILLISECONDS);
        time.advance(ofMillis(340));
        assertThat(log).containsExactly("rate@100", "rate@200", "rate@300");
    }

    @Test
    void aFixedDelayBeginsWhenTheTaskEnds() {
        time.scheduler().scheduleWithFixedDelay(() -> slow("delay", ofMillis(30)), 100, 100, TimeUnit.MILLISECONDS);
        time.advance(ofMillis(400));
        assertThat(log).containsExactly("delay@100", "delay@230", "delay@360");
    }

    /** A task that takes its time, as a slow handler does. */
    private void slow(String what, Duration takes) {
        log(what);
        time.advance(takes);
    }

    @Test
    void whatIsCancelledDoesNotRun() {
        ScheduledFuture<?> once = in(10, "once");
        ScheduledFuture<?> again =
                time.scheduler().scheduleWithFixedDelay(() -> log("again"), 10, 10, TimeUnit.MILLISECONDS);
        assertThat(once.getDelay(TimeUnit.MILLISECONDS)).isEqualTo(10);
        once.cancel(true);
        time.advance(ofMillis(25));
        again.cancel(false);
        time.advance(ofHours(1));
        assertThat(log).containsExactly("again@10", "again@20");
        assertThatExceptionOfType(CancellationException.class).isThrownBy(once::get);
    }

    @Test
    void aTaskThatCancelsItselfDoesNotComeAgain() {
        List<ScheduledFuture<?>> self = new ArrayList<>();
        self.add(time.scheduler()
                .scheduleAtFixedRate(
                        () -> {
                            log("once");
                            self.get(0).cancel(false);
                        },
                        1,
                        1,
                        TimeUnit.SECONDS));
        time.advance(ofMinutes(1));
        assertThat(log).containsExactly("once@1000");
    }

    @Test
    void waitingForATaskRunsItMeanwhile() throws Exception {
        Future<String> now = time.scheduler().submit(() -> "now");
        Future<String> later = time.scheduler().schedule(() -> "later", 3, TimeUnit.DAYS);
        assertThat(now.get()).isEqualTo("now");
        assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> later.get(1, TimeUnit.DAYS));
        assertThat(later.get()).isEqualTo("later");
        assertThat(time.clock().instant()).isEqualTo(start.plus(Duration.ofDays(3)));
    }

    @Test
    void waitsForAConditionNoLongerThanTheLimit() {
        CompletableFuture<String> stage = new CompletableFuture<>();
        time.scheduler().schedule(() -> stage.complete("done"), 5, TimeUnit.SECONDS);
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> time.await(stage, ofSeconds(4)))
                .withMessageContaining("PT4S")
                .withMessageContaining("1 timers are set")
                .withMessageContaining("VirtualTimeTest in PT1S");
        assertThat(time.await(stage, ofSeconds(4))).isEqualTo("done");
        assertThat(time.clock().instant()).isEqualTo(start.plusSeconds(5));
    }

    @Test
    void aStageThatFailedIsToldSo() {
        CompletableFuture<String> stage = CompletableFuture.failedFuture(new IllegalArgumentException("wrong"));
        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(() -> time.await(stage, ofSeconds(1)))
                .withStackTraceContaining("wrong");
    }

    @Test
    void aWaitInsideATaskLetsOtherTasksRun() {
        CompletableFuture<String> stage = new CompletableFuture<>();
        time.executor().execute(() -> {
            time.executor().runUntil(stage::isDone, ofSeconds(10));
            log("waited");
        });
        time.executor().execute(() -> in(200, "between"));
        time.scheduler().schedule(() -> stage.complete("x"), 300, TimeUnit.MILLISECONDS);
        time.runUntilIdle();
        assertThat(log).containsExactly("between@200", "waited@300");
    }

    @Test
    void anEndlessLoopIsToldByNameRatherThanRunForEver() {
        time.executor().execute(new Restless());
        assertThatIllegalStateException()
                .isThrownBy(time::runUntilIdle)
                .withMessageContaining("1000000 steps")
                .withMessageContaining("VirtualTimeTest$Restless");
    }

    private final class Restless implements Runnable {
        @Override
        public void run() {
            time.executor().execute(this);
        }
    }

    @Test
    void tasksThatWaitInsideEachOtherWithoutEndAreRefused() {
        time.executor().execute(new Waiter());
        assertThatIllegalStateException()
                .isThrownBy(time::runUntilIdle)
                .withMessageContaining("wait inside each other");
    }

    private final class Waiter implements Runnable {
        @Override
        public void run() {
            time.executor().execute(new Waiter());
            time.executor().runUntil(() -> false, ofSeconds(1));
        }
    }

    @Test
    void anotherThreadIsRefusedAndTheOwnerIsTold() throws InterruptedException {
        time.runUntilIdle();
        List<Throwable> failures = new ArrayList<>();
        Thread other = new Thread(() -> time.executor().execute(() -> log("no")), "other");
        other.setUncaughtExceptionHandler((thread, failure) -> failures.add(failure));
        other.start();
        other.join();
        assertThat(failures)
                .singleElement()
                .satisfies(failure -> assertThat(failure)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("'other'"));
        assertThatIllegalStateException().isThrownBy(time::runUntilIdle).withMessageContaining("'other'");
    }

    @Test
    void badInputIsRefused() {
        for (Duration wrong : new Duration[] {null, ofSeconds(-1), Duration.ofSeconds(Long.MAX_VALUE)}) {
            assertThatThrownBy(() -> time.advance(wrong))
                    .isInstanceOfSatisfying(
                            QueueException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
        }
    }

    @Test
    void aSchedulerThatIsShutDownTakesNothingMore() {
        in(10, "dropped");
        time.scheduler().shutdown();
        assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> in(10, "refused"));
        time.advance(ofSeconds(1));
        assertThat(log).isEmpty();
    }

    @Test
    void equalSeedsGiveEqualNumbers() {
        VirtualTime other = new VirtualTime();
        assertThat(time.executor().random().nextLong())
                .isEqualTo(other.executor().random().nextLong());
        time.seed(7);
        assertThat(time.executor().random().nextLong())
                .isNotEqualTo(other.executor().random().nextLong());
    }
}
