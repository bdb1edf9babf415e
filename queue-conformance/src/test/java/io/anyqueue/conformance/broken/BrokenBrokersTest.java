package io.anyqueue.conformance.broken;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.conformance.AdapterUnderTest;
import io.anyqueue.conformance.InMemory;
import io.anyqueue.conformance.Outcome;
import io.anyqueue.conformance.adapter.AdapterSuite;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.Result;
import io.anyqueue.conformance.kit.Runner;
import io.anyqueue.spi.Broker;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A kit that passes a wrong broker proves nothing: every broken one must fail in the case that is meant for it. */
class BrokenBrokersTest {
    private static final long SEED = 1;

    /** Most of what they do is to wait for what does not come. */
    private static final int AT_ONCE = 8;

    private static final List<BrokenBroker> ALL = Stream.of(
                    BrokenSenders.all(),
                    BrokenDeliveries.all(),
                    BrokenReceivers.all(),
                    BrokenSettlements.all(),
                    BrokenForwards.all(),
                    BrokenDurability.all(),
                    BrokenOrders.all(),
                    BrokenDelays.all(),
                    BrokenTopologies.all(),
                    BrokenLifecycles.all())
            .flatMap(List::stream)
            .toList();

    private static final Map<BrokenBroker, CompletableFuture<Result>> BROKEN = new ConcurrentHashMap<>();
    private static final Map<String, CompletableFuture<Result>> UNBROKEN = new ConcurrentHashMap<>();
    private static final ExecutorService POOL = Executors.newFixedThreadPool(AT_ONCE);

    static List<BrokenBroker> all() {
        return ALL;
    }

    @BeforeAll
    static void begin() {
        for (BrokenBroker broken : ALL) {
            BROKEN.put(broken, start(broken, broken.wrap()));
            UNBROKEN.computeIfAbsent(broken.caughtBy(), id -> start(broken, UnaryOperator.identity()));
        }
    }

    @AfterAll
    static void end() {
        POOL.shutdownNow();
    }

    @Test
    void thereAreAtLeastTwenty() {
        assertThat(all()).hasSizeGreaterThanOrEqualTo(20);
    }

    @ParameterizedTest
    @MethodSource("all")
    void isCaught(BrokenBroker broken) {
        Result result = BROKEN.get(broken).join();
        assertThat(result.outcome()).as(result.toString()).isEqualTo(Outcome.FAIL);
    }

    /** Or it would be the wrapping that fails. */
    @ParameterizedTest
    @MethodSource("all")
    void passesUnbroken(BrokenBroker broken) {
        Result result = UNBROKEN.get(broken.caughtBy()).join();
        assertThat(result.outcome()).as(result.toString()).isEqualTo(Outcome.PASS);
    }

    private static CompletableFuture<Result> start(BrokenBroker broken, UnaryOperator<Broker> wrap) {
        Case test = AdapterSuite.cases().stream()
                .filter(candidate -> candidate.id().equals(broken.caughtBy()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no case " + broken.caughtBy()));
        return CompletableFuture.supplyAsync(() -> run(test, wrap), POOL);
    }

    static Result run(Case test, UnaryOperator<Broker> wrap) {
        Plug plug = new Plug();
        AdapterUnderTest adapter = InMemory.adapter()
                .provider(new ForwardingProvider(broker -> new ForwardingBroker(wrap.apply(plug.wrap(broker)))))
                .restart(plug)
                .kill(plug)
                .outage(plug)
                .natively(new ForeignWriter());
        return new Runner(adapter, SEED, true).run(test);
    }
}
