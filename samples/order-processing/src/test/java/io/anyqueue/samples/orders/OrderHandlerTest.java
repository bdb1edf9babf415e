package io.anyqueue.samples.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anyqueue.Address;
import io.anyqueue.DeadLetter;
import io.anyqueue.DeadLetters;
import io.anyqueue.HandlingException;
import io.anyqueue.Message;
import io.anyqueue.MessageContext;
import io.anyqueue.Outgoing;
import io.anyqueue.Redrive;
import io.anyqueue.samples.orders.Outcome.Accepted;
import io.anyqueue.samples.orders.Outcome.Cancelled;
import io.anyqueue.samples.orders.Outcome.DeadLettered;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OrderHandlerTest {
    private final Outcomes outcomes = new Outcomes(OutcomeStore.NONE);
    private final DeadLetterAudit audit = new DeadLetterAudit(new NoDeadLetters(), outcomes);
    private final List<Object> sent = new ArrayList<>();

    @Test
    void paysAndTells() throws IOException {
        handle(order("7", "k", 2, "1.25"), 0, 1);

        assertThat(outcomes.find("7")).contains(new Accepted(new BigDecimal("2.50"), 0));
        assertThat(sent).containsExactly(new OrderAccepted("7", "k", new BigDecimal("2.50")));
    }

    @Test
    void aPaymentThatFailedIsMadeAgain() throws IOException {
        Order order = order("7", "k", 1, "1");

        assertThatThrownBy(() -> handle(order, 1, 1)).isInstanceOf(IOException.class);
        assertThat(outcomes.find("7")).isEmpty();
        handle(order, 1, 2);
        assertThat(outcomes.find("7")).contains(new Accepted(BigDecimal.ONE, 1));
    }

    @Test
    void aCancellationIsOnlyCounted() throws IOException {
        handle(order("C7", null, -1, "0"), 1, 1);

        assertThat(outcomes.find("C7")).contains(new Cancelled());
        assertThat(sent).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        ", -1, 0, no customer",
        "' ', 1, 1, no customer",
        "k, 0, 0, quantity <= 0",
        "k, -1, 1, quantity <= 0",
        "k, 1, 0.00, unit price <= 0",
        "k, 1, -0.01, unit price <= 0",
    })
    void checksInThisOrder(String customer, int quantity, String price, String reason) {
        // A payment would fail: nobody pays for what is refused.
        assertThatThrownBy(() -> handle(order("7", customer, quantity, price), 1, 1))
                .isInstanceOfSatisfying(HandlingException.class, refusal -> {
                    assertThat(refusal.kind()).isEqualTo(HandlingException.Kind.PERMANENT);
                    assertThat(refusal).hasMessage(reason);
                });
        assertThat(outcomes.find("7")).contains(new DeadLettered(reason));
        assertThat(audit.missing()).isEqualTo(1);
    }

    /** Killed after the outcome was noted: the message comes again, as a first attempt for all that it knows. */
    @Test
    void isNotPaidTwiceButToldAgain() throws IOException {
        outcomes.settle("7", new Accepted(BigDecimal.TEN, 0));

        handle(order("7", "k", 1, "1"), 1, 1);

        assertThat(outcomes.find("7")).contains(new Accepted(BigDecimal.TEN, 0));
        assertThat(sent).containsExactly(new OrderAccepted("7", "k", BigDecimal.TEN));
    }

    /** Killed after the outcome was noted and before the dead letter was stored. */
    @Test
    void isGivenUpAgain() {
        outcomes.settle("7", new DeadLettered("no customer"));

        assertThatThrownBy(() -> handle(order("7", null, 1, "1"), 0, 1)).hasMessage("no customer");
    }

    @Test
    void ordersWithoutACustomerDoNotWaitForEachOther() {
        assertThat(order("7", "k", 1, "1").lane())
                .isEqualTo(order("8", "k", 1, "1").lane());
        assertThat(order("7", null, 1, "1").lane())
                .isNotEqualTo(order("8", null, 1, "1").lane());
        assertThat(order("7", null, 1, "1").lane())
                .isNotEqualTo(order("8", "7", 1, "1").lane());
    }

    private void handle(Order order, double failRate, int attempt) throws IOException {
        new OrderHandler(outcomes, new Payments(failRate), audit, Run.EVENTS).handle(order, new Context(attempt));
    }

    private static Order order(String id, String customer, int quantity, String price) {
        OrderLine good = new OrderLine("a", null, 0, BigDecimal.ONE);
        OrderLine line = new OrderLine("b", null, quantity, new BigDecimal(price));
        return new Order(id, customer, null, null, quantity <= 0 ? List.of(line, good) : List.of(line));
    }

    /** Only what the handler uses. */
    private final class Context implements MessageContext {
        private final int attempt;

        Context(int attempt) {
            this.attempt = attempt;
        }

        @Override
        public int attempt() {
            return attempt;
        }

        @Override
        public <M> void send(Address<? super M> address, M payload) {
            assertThat(address).isSameAs(Run.EVENTS);
            sent.add(payload);
        }

        @Override
        public Message message() {
            throw new UnsupportedOperationException();
        }

        @Override
        public int deliveries() {
            throw new UnsupportedOperationException();
        }

        @Override
        public String idempotencyKey() {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean stopping() {
            throw new UnsupportedOperationException();
        }

        @Override
        public <R> R resource(Class<R> type) {
            throw new UnsupportedOperationException();
        }

        @Override
        public <M> void send(Address<? super M> address, Outgoing<M> message) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void reply(Object payload) {
            throw new UnsupportedOperationException();
        }
    }

    private static final class NoDeadLetters implements DeadLetters {
        @Override
        public Stream<DeadLetter> list() {
            return Stream.empty();
        }

        @Override
        public Redrive redrive(Predicate<DeadLetter> filter) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long discard(Predicate<DeadLetter> filter, String reason) {
            throw new UnsupportedOperationException();
        }
    }
}
