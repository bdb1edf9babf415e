package io.anyqueue.rabbitmq.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anyqueue.ErrorCode;
import io.anyqueue.Message;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.Spec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LayoutTest {
    private static final long NOW = 1_700_000_000_000L;
    private static final Spec QUEUE = Spec.of(Endpoint.queue("orders"));
    private static final Spec ORDERED = QUEUE.withOrdered(true);
    private static final Spec TOPIC = Spec.of(Endpoint.topic("events"));

    private static Message message(String key) {
        return Message.builder("test").id("m1").key(key).build();
    }

    private static Route route(Spec spec, long dueMillis) {
        return Layout.of(spec).route(message("k"), dueMillis, NOW);
    }

    @Test
    void aQueueIsReachedByItsName() {
        assertThat(Layout.of(QUEUE).queues()).containsExactly("orders");
        assertThat(route(QUEUE, 0)).isEqualTo(new Route("", "orders"));
        assertThat(route(QUEUE, NOW)).isEqualTo(new Route("", "orders"));
    }

    @Test
    void namesOfShardsHoldTheirNumber() {
        assertThat(Layout.of(ORDERED).queues())
                .hasSize(16)
                .startsWith("orders", "orders--1.of.16")
                .endsWith("orders--15.of.16")
                .contains(route(ORDERED, 0).routingKey());
    }

    @Test
    void anOrderedTopicRoutesByTheNumberOfTheShard() {
        Route route = route(TOPIC.withOrdered(true), 0);
        assertThat(route.exchange()).isEqualTo("events--of.16");
        assertThat(route.routingKey()).isEqualTo(Integer.toString(Layout.shard("k", 16)));
        assertThat(route(TOPIC, 0)).isEqualTo(new Route("events", ""));
    }

    @Test
    void keysAreSpreadEvenlyAndForEverTheSame() {
        Map<Integer, Long> counts = IntStream.range(0, 16_000)
                .boxed()
                .collect(Collectors.groupingBy(i -> Layout.shard("customer-" + i, 16), Collectors.counting()));
        assertThat(counts.values()).hasSize(16).allMatch(count -> count > 850 && count < 1_150);
        // What was sent before an upgrade must not be overtaken after it.
        assertThat(List.of(Layout.shard("", 16), Layout.shard("a", 16), Layout.shard("Zoë", 16)))
                .containsExactly(6, 11, 2);
    }

    @Test
    void aDelayIsSpelledInBitsAndEntersAtTheHighest() {
        Route route = route(QUEUE, NOW + 501);
        assertThat(route.exchange()).isEqualTo("anyqueue.delay.02");
        assertThat(route.routingKey()).isEqualTo("0.".repeat(27) + "1.1.0.q.orders");
        assertThat(route(TOPIC, NOW + 1).routingKey()).endsWith(".0.1.t.events");
        assertThat(DelayLadder.leadsTo(route.routingKey(), "q.orders")).isTrue();
        assertThat(DelayLadder.leadsTo(route.routingKey(), "orders")).isFalse();
    }

    @Test
    void theLongestDelayIsTheLast() {
        long longest = DelayLadder.LONGEST.toMillis();
        assertThat(route(QUEUE, NOW + longest).exchange()).isEqualTo("anyqueue.delay.29");
        assertThatThrownBy(() -> route(QUEUE, NOW + longest + 1))
                .isInstanceOfSatisfying(
                        QueueException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED));
        assertThat(DelayLadder.LONGEST).isGreaterThan(Duration.ofDays(3 * 365));
    }

    @Test
    void whatIsOrderedIsNotDelayed() {
        assertThatThrownBy(() -> route(ORDERED, NOW + 1))
                .isInstanceOfSatisfying(
                        QueueException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED));
    }

    @Test
    void theLongestNameFitsIntoEverythingMadeOfIt() {
        String name = "n".repeat(Names.LONGEST - "--subscription".length());
        Spec subscription = QUEUE.withEndpoint(Endpoint.topic(name).subscription("subscription"));
        Spec sharded = new Spec(
                subscription.endpoint(),
                true,
                Layout.MOST_SHARDS,
                subscription.lease(),
                subscription.retention(),
                1,
                subscription.maxMessageBytes(),
                false,
                subscription.nativeArguments());
        Names.check(sharded.endpoint());
        Set<String> made = new HashSet<>(Layout.of(sharded).queues());
        made.add(QueueArguments.definition(sharded));
        made.add(route(subscription, NOW + 1).routingKey());
        made.add(DelayLadder.due(Layout.of(subscription).address()));
        assertThat(made.stream()
                        .map(each -> each.getBytes(StandardCharsets.UTF_8).length)
                        .collect(Collectors.toSet()))
                .allMatch(bytes -> bytes <= 255);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a*b",
                "a#",
                "a b",
                "a\nb",
                "amq.direct",
                "anyqueue.delayed",
                "a?b",
                "a--3.of.16",
                "a--of.16",
                "\ud800"
            })
    void refusesNamesThatTheServerWouldTakeForSomethingElse(String name) {
        assertThatThrownBy(() -> Names.check(Endpoint.queue(name)))
                .isInstanceOfSatisfying(
                        QueueException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
    }

    @Test
    void refusesLongNamesByTheirBytes() {
        Names.check(Endpoint.queue("ü".repeat(Names.LONGEST / 2)));
        assertThatThrownBy(() -> Names.check(Endpoint.queue("ü".repeat(Names.LONGEST / 2 + 1))))
                .isInstanceOfSatisfying(
                        QueueException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TOO_LARGE))
                .hasMessageContaining("192")
                .hasMessageContaining("190");
    }
}
