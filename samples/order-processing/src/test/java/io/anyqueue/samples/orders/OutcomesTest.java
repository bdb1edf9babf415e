package io.anyqueue.samples.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anyqueue.samples.orders.Outcome.Accepted;
import io.anyqueue.samples.orders.Outcome.Cancelled;
import io.anyqueue.samples.orders.Outcome.DeadLettered;
import io.anyqueue.samples.orders.Outcomes.Next;
import java.math.BigDecimal;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutcomesTest {
    private static final Accepted PAID = new Accepted(new BigDecimal("10.50"), 1);

    @TempDir
    Path state;

    @Test
    void countsWhatItIsTold() {
        try (Outcomes outcomes = new Outcomes(OutcomeStore.NONE)) {
            fill(outcomes);

            assertFigures(outcomes.totals());
            assertThat(outcomes.totals().duplicates()).isZero();
        }
    }

    @Test
    void aSecondTimeChangesNothing() {
        try (Outcomes outcomes = new Outcomes(OutcomeStore.NONE)) {
            fill(outcomes);
            outcomes.settle("a", new Cancelled());
            outcomes.deliver("a", Subscription.EMAIL);

            assertFigures(outcomes.totals());
            assertThat(outcomes.totals().duplicates()).isEqualTo(2);
            assertThat(outcomes.find("a")).contains(PAID);
        }
    }

    @Test
    void tellsWhatIsToBeSent() {
        try (Outcomes outcomes = new Outcomes(OutcomeStore.NONE)) {
            assertThat(outcomes.read("a")).isEqualTo(Next.SEND);
            assertThat(outcomes.read("a")).isEqualTo(Next.REJECT);
            outcomes.settle("b", new Cancelled());
            assertThat(outcomes.read("b")).isEqualTo(Next.NOTHING);
            outcomes.settle("c", PAID);
            assertThat(outcomes.read("c")).as("its event may be lost").isEqualTo(Next.SEND);
            for (Subscription subscription : Subscription.values()) {
                outcomes.deliver("d", subscription);
            }
            outcomes.settle("d", PAID);
            assertThat(outcomes.read("d")).isEqualTo(Next.NOTHING);
        }
    }

    @Test
    void withoutAStateOnlyWhatThisRunReadsCounts() {
        try (Outcomes outcomes = new Outcomes(OutcomeStore.NONE)) {
            outcomes.settle("left over on the broker", PAID);

            assertThat(outcomes.totals().read()).isZero();
            assertThat(outcomes.totals().accepted()).isZero();
            assertThat(outcomes.totals().handled()).isEqualTo(1);
        }
    }

    @Test
    void forgetsAnOrderThatCouldNotBeSent() throws Exception {
        try (Outcomes outcomes = new Outcomes(OutcomeStore.NONE)) {
            outcomes.read("a");
            assertThat(outcomes.awaitFinished(Duration.ZERO)).isFalse();
            outcomes.unread("a");

            assertThat(outcomes.awaitFinished(Duration.ZERO)).isTrue();
            assertThat(outcomes.totals().read()).isZero();
        }
    }

    @Test
    void aLaterRunGoesOnWhereTheFirstWasKilled() throws Exception {
        try (Outcomes first = open()) {
            fill(first);
            first.read("e");
        }
        try (Outcomes second = open()) {
            assertThat(second.awaitFinished(Duration.ZERO)).isFalse();
            assertThat(second.read("a")).isEqualTo(Next.SEND);
            assertThat(second.read("b")).isEqualTo(Next.NOTHING);
            assertThat(second.read("c")).isEqualTo(Next.NOTHING);
            assertThat(second.read("d")).isEqualTo(Next.SEND);
            second.settle("a", PAID);

            assertFigures(second.totals());
            assertThat(second.totals().duplicates()).isEqualTo(1);
            second.settle("d", PAID);
            for (Subscription subscription : Subscription.values()) {
                second.deliver("a", subscription);
                second.deliver("d", subscription);
            }
            assertThat(second.awaitFinished(Duration.ZERO)).isTrue();
        }
        try (Outcomes third = open()) {
            assertThat(third.totals().revenue()).isEqualTo("21");
            assertThat(third.totals().events())
                    .allSatisfy((subscription, count) -> assertThat(count).isEqualTo(2));
        }
    }

    @Test
    void waitsForRoom() throws Exception {
        try (Outcomes outcomes = new Outcomes(OutcomeStore.NONE)) {
            outcomes.read("a");
            outcomes.read("b");
            assertThat(outcomes.awaitRoom(3, Duration.ZERO)).isTrue();
            assertThat(outcomes.awaitRoom(2, Duration.ZERO)).isFalse();
            CompletableFuture<Void> settling = CompletableFuture.runAsync(() -> outcomes.settle("a", new Cancelled()));

            assertThat(outcomes.awaitRoom(2, Duration.ofSeconds(30))).isTrue();
            settling.join();
        }
    }

    @Test
    void aFailureEndsAllWaiting() {
        try (Outcomes outcomes = new Outcomes(OutcomeStore.NONE)) {
            outcomes.read("a");
            CompletableFuture<Void> failing =
                    CompletableFuture.runAsync(() -> outcomes.fail(new RunFailedException("broken")));

            assertThatThrownBy(() -> outcomes.awaitFinished(Duration.ofSeconds(30)))
                    .isInstanceOf(RunFailedException.class)
                    .hasMessage("broken");
            assertThatThrownBy(() -> outcomes.awaitRoom(10, Duration.ofSeconds(30)))
                    .isInstanceOf(RunFailedException.class);
            failing.join();
        }
    }

    @Test
    void aStateThatCannotBeWrittenEndsTheRun() throws Exception {
        DatabaseStore store = DatabaseStore.open(state.toString());
        Outcomes outcomes = new Outcomes(store);
        outcomes.read("a");
        store.close();

        assertThatThrownBy(() -> outcomes.settle("a", PAID)).isInstanceOf(OutcomeStore.StateException.class);
        assertThat(outcomes.find("a")).as("what is not stored is not known").isEmpty();
        assertThatThrownBy(() -> outcomes.awaitFinished(Duration.ZERO))
                .hasMessageStartingWith("the state cannot be written");
        outcomes.close();
        outcomes.close();
    }

    /** Another process is another holder of the file's lock; so is another channel of this one. */
    @Test
    void aStateHasOneRunAtATime() throws Exception {
        open().close();
        try (FileChannel file = FileChannel.open(state.resolve("orders.mv.db"), StandardOpenOption.WRITE);
                FileLock lock = file.lock()) {
            assertThat(lock.isValid()).isTrue();
            assertThatThrownBy(this::open)
                    .isInstanceOf(UsageException.class)
                    .hasMessage("state directory " + state + " is in use by another run");
        }
    }

    @Test
    void saysWhyADirectoryCannotHoldAState() {
        assertThatThrownBy(() -> DatabaseStore.open("/dev/null/state"))
                .isInstanceOf(UsageException.class)
                .hasMessageStartingWith("cannot use state directory /dev/null/state");
        assertThatThrownBy(() -> DatabaseStore.open(state.resolve("a;b").toString()))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("semicolon");
    }

    @Test
    void saysWhatIsMissing() {
        try (Outcomes outcomes = new Outcomes(OutcomeStore.NONE)) {
            fill(outcomes);

            assertThat(outcomes.totals().missing(3))
                    .isEqualTo("outcomes of 1 orders, 1 events for inventory, 1 events for analytics,"
                            + " 3 dead letters on the broker");
        }
    }

    /** Orders a to d, of which d has no outcome, and the event of a has reached one subscription of three. */
    private static void fill(Outcomes outcomes) {
        outcomes.read("a");
        outcomes.read("b");
        outcomes.settle("a", PAID);
        outcomes.settle("b", new Cancelled());
        outcomes.settle("c", new DeadLettered("no customer"));
        outcomes.read("c");
        outcomes.read("d");
        outcomes.deliver("a", Subscription.EMAIL);
    }

    private static void assertFigures(Totals totals) {
        assertThat(totals.read()).isEqualTo(4);
        assertThat(totals.accepted()).isEqualTo(1);
        assertThat(totals.cancelled()).isEqualTo(1);
        assertThat(totals.deadLetters()).isEqualTo(Map.of("no customer", 1L));
        assertThat(totals.retries()).isEqualTo(1);
        assertThat(totals.events())
                .isEqualTo(Map.of(Subscription.EMAIL, 1L, Subscription.INVENTORY, 0L, Subscription.ANALYTICS, 0L));
        assertThat(totals.revenue()).isEqualTo("10.5");
        assertThat(totals.unfinished()).isEqualTo(2);
    }

    private Outcomes open() throws UsageException {
        return new Outcomes(DatabaseStore.open(state.toString()));
    }
}
