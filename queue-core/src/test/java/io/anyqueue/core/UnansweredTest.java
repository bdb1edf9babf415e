package io.anyqueue.core;

import static io.anyqueue.core.Eventually.awaitLatch;
import static io.anyqueue.core.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.ClientOptions;
import io.anyqueue.ErrorCode;
import io.anyqueue.Feature;
import io.anyqueue.HandlingException;
import io.anyqueue.MessageQueue;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueException;
import io.anyqueue.QueueSpec;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Receiver;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A broker that gives no answers: then leases end by the library's own clock (rules RCV-3, RCV-4, SET-2). The lease is 90 s of
 * a clock that is turned by hand.
 */
class UnansweredTest {
    private static final Duration LEASE = Duration.ofSeconds(90);
    private static final QueueSpec<String> ORDERS = QueueSpec.of("orders", String.class);
    private static final QueueSpec<String> STEPS =
            QueueSpec.of("steps", String.class).orderedBy(text -> text.substring(0, 1));

    private final ManualTime time = new ManualTime();
    private final FaultyBroker broker = FaultyBroker.create(time);
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final QueueClient client = QueueClient.connect(options().use(meters));
    private final QueueClient other = QueueClient.connect(options());
    private final Queue<String> begun = new ConcurrentLinkedQueue<>();
    private final Queue<String> byOther = new ConcurrentLinkedQueue<>();
    private final CountDownLatch running = new CountDownLatch(1);
    private final CountDownLatch end = new CountDownLatch(1);
    private final CountDownLatch told = new CountDownLatch(1);
    private final CountDownLatch over = new CountDownLatch(1);

    private ClientOptions options() {
        return ClientOptions.of("inmemory:").use(broker).use(time).use(time.clock());
    }

    @AfterEach
    void close() {
        end.countDown();
        client.close();
        other.close();
        broker.close();
    }

    /** How a broker fails to prolong a lease. */
    enum Silence implements UnaryOperator<Receiver> {
        NO_ANSWER {
            @Override
            void answer(Delivery delivery, Receiver.Results results) {
                // None.
            }
        },
        ALWAYS_UNKNOWN {
            @Override
            void answer(Delivery delivery, Receiver.Results results) {
                results.unknown(delivery, new QueueException(ErrorCode.UNAVAILABLE, "a fault of the test"));
            }
        };

        abstract void answer(Delivery delivery, Receiver.Results results);

        @Override
        public Receiver apply(Receiver receiver) {
            return new ForwardingReceiver(receiver) {
                @Override
                public void extend(List<? extends Delivery> deliveries, Results results) {
                    deliveries.forEach(delivery -> answer(delivery, results));
                }
            };
        }
    }

    /** Hears of the end of its lease, and goes on all the same until the test lets it end. */
    private void handleStubbornly(String payload) {
        begun.add(payload);
        running.countDown();
        while (end.getCount() > 0) {
            if (Thread.interrupted()) {
                told.countDown();
            }
            LockSupport.parkNanos(50_000);
        }
        over.countDown();
    }

    private MessageQueue<String> startStubborn(QueueSpec<String> spec, Silence silence) throws Exception {
        broker.receivers(silence);
        MessageQueue<String> queue = client.queue(spec);
        queue.consumer().timeout(Duration.ofHours(1)).start(this::handleStubbornly);
        broker.receivers(UnaryOperator.identity());
        return queue;
    }

    private void startOther(QueueSpec<String> spec) {
        other.queue(spec).consume((payload, context) -> byOther.add(payload + "/" + context.deliveries()));
    }

    private double inFlight() {
        return meters.get("q.inflight").gauge().value();
    }

    @ParameterizedTest
    @EnumSource
    void RCV_3_a_handler_hears_that_its_lease_is_over_before_another_can_have_the_message(Silence silence)
            throws Exception {
        try (TestLog log = TestLog.open()) {
            MessageQueue<String> queue = startStubborn(ORDERS, silence);
            queue.send("x");
            awaitLatch(running);
            time.advance(LEASE.minusMillis(200));
            assertThat(told.getCount()).as("not told while it is leased").isEqualTo(1);
            time.advance(Duration.ofMillis(199));
            awaitLatch(told);
            assertThat(log.aboveInfo()).anySatisfy(line -> assertThat(line).contains("has not prolonged"));
            startOther(ORDERS);
            time.advance(Duration.ofSeconds(2));
            eventually(() -> assertThat(byOther).containsExactly("x/2"));
            end.countDown();
            awaitLatch(over);
            eventually(() -> assertThat(inFlight()).isZero());
        }
        eventually(() -> assertThat(broker.receiving.acknowledged)
                .as("by the other alone")
                .hasValue(1));
        assertThat(broker.receiving.stale).hasValue(0);
    }

    @ParameterizedTest
    @EnumSource
    void RCV_3_on_an_ordered_source_what_waits_behind_it_goes_with_it(Silence silence) throws Exception {
        try (TestLog log = TestLog.open()) {
            // Before the consumer starts, so that it has fetched all of them when the first one runs.
            List.of("a1", "a2", "a3").forEach(other.queue(STEPS)::send);
            startStubborn(STEPS, silence);
            awaitLatch(running);
            startOther(STEPS);
            time.advance(LEASE.minusMillis(1));
            awaitLatch(told);
            time.advance(Duration.ofSeconds(2));
            eventually(() -> assertThat(byOther).containsExactly("a1/2", "a2/2", "a3/2"));
            end.countDown();
            eventually(() -> assertThat(inFlight()).isZero());
            assertThat(log.aboveInfo()).isNotEmpty();
        }
        assertThat(begun).containsExactly("a1");
        assertThat(broker.receiving.stale).hasValue(0);
    }

    @Test
    void SET_2_where_late_settlements_are_not_fenced_none_is_made_after_the_lease() throws Exception {
        broker.without(Feature.STALE_FENCED);
        MessageQueue<String> queue = client.queue(ORDERS);
        queue.consumer().timeout(Duration.ofHours(1)).start((payload, context) -> {
            running.countDown();
            end.await();
            if (context.deliveries() == 1) {
                throw HandlingException.permanent("too late");
            }
        });
        queue.send("x");
        awaitLatch(running);
        try (TestLog log = TestLog.open()) {
            // The process was suspended: nobody looked at the lease meanwhile.
            time.jump(LEASE.plusSeconds(1));
            end.countDown();
            eventually(() -> assertThat(inFlight()).isZero());
            assertThat(log.aboveInfo()).hasSize(1);
        }
        assertThat(broker.receiving.forwards).hasValue(0);
        assertThat(queue.deadLetters().list()).isEmpty();
    }

    @Test
    void BKP_1_what_gets_no_result_of_its_settlement_leaves_the_budget_when_its_lease_is_over() {
        broker.receivers(receiver -> new ForwardingReceiver(receiver) {
            @Override
            public void ack(List<? extends Delivery> deliveries, Results results) {
                // Lost on its way.
            }
        });
        MessageQueue<String> queue = client.queue(ORDERS);
        queue.consumer().start((payload, context) -> begun.add(payload + "/" + context.deliveries()));
        try (TestLog log = TestLog.open()) {
            queue.send("x");
            eventually(() -> assertThat(begun).containsExactly("x/1"));
            time.advance(LEASE.plusSeconds(2));
            eventually(() -> assertThat(begun).containsExactly("x/1", "x/2"));
            assertThat(log.aboveInfo()).singleElement().asString().contains("may have failed");
            assertThat(inFlight()).isEqualTo(1);
        }
    }

    @Test
    void RCV_4_a_move_without_an_answer_lets_go_when_the_lease_is_over() {
        broker.receivers(receiver -> new ForwardingReceiver(receiver) {
            @Override
            public boolean forward(Delivery delivery, List<Forward> out, Results results) {
                return delivery.deliveries() == 1 || super.forward(delivery, out, results);
            }

            @Override
            public void extend(List<? extends Delivery> deliveries, Results results) {
                // The broker is away.
            }
        });
        MessageQueue<String> queue = client.queue(STEPS);
        queue.consume(payload -> {
            begun.add(payload);
            if (payload.equals("bad")) {
                throw HandlingException.permanent("bad");
            }
        });
        try (TestLog log = TestLog.open()) {
            queue.send("bad");
            queue.send("b1");
            eventually(() -> assertThat(begun).containsExactly("bad"));
            time.advance(LEASE.plusSeconds(2));
            eventually(() -> assertThat(begun).containsExactly("bad", "bad", "b1"));
            assertThat(log.aboveInfo()).isNotEmpty();
        }
        eventually(() -> assertThat(inFlight()).isZero());
        assertThat(queue.deadLetters().list()).hasSize(1);
    }
}
