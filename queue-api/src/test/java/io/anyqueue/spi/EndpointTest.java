package io.anyqueue.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.spi.Endpoint.QueueEndpoint;
import io.anyqueue.spi.Endpoint.TopicEndpoint;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EndpointTest {
    @Test
    void derived_names_follow_two_hyphens() {
        assertThat(Endpoint.queue("orders").deadLetters()).isEqualTo(Endpoint.queue("orders--dlq"));
        assertThat(Endpoint.topic("events").subscription("audit").name()).isEqualTo("events--audit");
        assertThat(Endpoint.topic("events").subscription("audit").deadLetters())
                .isEqualTo(Endpoint.queue("events--audit--dlq"));
    }

    @Test
    void a_fifo_ending_stays_at_the_end() {
        assertThat(new QueueEndpoint("orders", "acme-orders.fifo").deadLetters())
                .isEqualTo(new QueueEndpoint("orders--dlq", "acme-orders--dlq.fifo"));
        assertThat(new TopicEndpoint("events", "acme.events.fifo")
                        .subscription("audit")
                        .physicalName())
                .isEqualTo("acme.events--audit.fifo");
    }

    @Test
    void ORD_5_an_ordered_spec_takes_no_delays() {
        Spec spec = Spec.of(Endpoint.queue("q"));

        assertThat(spec.delays()).isTrue();
        assertThat(spec.withOrdered(true).delays()).isFalse();
        assertThat(spec.withOrdered(true).ordered()).isTrue();
        assertThat(spec.withOrdered(false).delays()).isTrue();
    }

    @Test
    void each_change_gives_a_new_spec() {
        Spec spec = Spec.of(Endpoint.queue("q"));
        Map<String, String> arguments = new HashMap<>(Map.of("a", "b"));
        Spec changed = spec.withEndpoint(Endpoint.topic("t"))
                .withLease(Duration.ofSeconds(1))
                .withRetention(Duration.ofDays(1))
                .withPriorities(3)
                .withNativeArguments(arguments);
        arguments.clear();

        assertThat(changed.endpoint()).isEqualTo(Endpoint.topic("t"));
        assertThat(changed.lease()).isEqualTo(Duration.ofSeconds(1));
        assertThat(changed.retention()).contains(Duration.ofDays(1));
        assertThat(changed.priorities()).isEqualTo(3);
        assertThat(changed.nativeArguments()).isEqualTo(Map.of("a", "b"));
        assertThat(spec).isEqualTo(Spec.of(Endpoint.queue("q")));
    }

    @Test
    void ERR_2_credentials_show_no_password() {
        assertThat(new Credentials("user", "hunter")).hasToString("user:***");
    }

    @Test
    void time_follows_the_clock_it_is_made_from() {
        TimeSource time = TimeSource.of(Clock.fixed(Instant.ofEpochSecond(5, 6), ZoneOffset.UTC));

        assertThat(time.nanoTime()).isEqualTo(5_000_000_006L);
        assertThat(time.currentTimeMillis()).isEqualTo(5_000);
    }
}
