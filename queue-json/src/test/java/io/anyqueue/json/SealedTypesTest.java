package io.anyqueue.json;

import static io.anyqueue.json.Payloads.bytes;
import static io.anyqueue.json.Payloads.text;
import static io.anyqueue.json.Refused.assertUndecodable;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.json.Payloads.Cancelled;
import io.anyqueue.json.Payloads.Circle;
import io.anyqueue.json.Payloads.Currency;
import io.anyqueue.json.Payloads.Drawing;
import io.anyqueue.json.Payloads.Event;
import io.anyqueue.json.Payloads.Failed;
import io.anyqueue.json.Payloads.Line;
import io.anyqueue.json.Payloads.Log;
import io.anyqueue.json.Payloads.Lost;
import io.anyqueue.json.Payloads.Money;
import io.anyqueue.json.Payloads.Ok;
import io.anyqueue.json.Payloads.Outcome;
import io.anyqueue.json.Payloads.Placed;
import io.anyqueue.json.Payloads.Sent;
import io.anyqueue.json.Payloads.Shape;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SealedTypesTest {
    private final JsonCodec codec = new JsonCodec();

    @Test
    void nested_leaves_round_trip_in_properties_and_containers() {
        Event[] array = {new Placed("o-1"), new Cancelled()};
        Log log = new Log(
                new Placed("o-1"),
                List.of(new Placed("o-1"), new Cancelled(), new Sent("o-1", new BigDecimal("1.50")), Lost.AT_SEA),
                Map.of("o-1", new Sent("o-1", BigDecimal.ONE), "o-2", Lost.ON_LAND),
                Optional.of(new Cancelled()),
                List.of(array, array));

        assertThat(codec.decode(codec.encode(log), Log.class))
                .usingRecursiveComparison()
                .withStrictTypeChecking()
                .isEqualTo(log);
    }

    @Test
    void nested_leaves_carry_their_logical_name() {
        Log log = new Log(new Placed("o-1"), List.of(new Cancelled()), Map.of(), Optional.empty(), List.of());

        assertThat(text(codec.encode(log)))
                .isEqualTo("{\"last\":{\"@type\":\"placed\",\"order\":\"o-1\"},"
                        + "\"all\":[{\"@type\":\"order-cancelled\"}],\"byOrder\":{},\"next\":null,\"arrays\":[]}");
    }

    @Test
    void a_payload_itself_has_no_type_inside() {
        assertThat(text(codec.encode(new Placed("o-1")))).isEqualTo("{\"order\":\"o-1\"}");
    }

    @Test
    void the_type_may_come_last_and_unknown_properties_are_ignored() {
        Log log = codec.decode(
                bytes("{\"last\":{\"colour\":{\"x\":[1]},\"order\":\"o-1\",\"@type\":\"placed\"}}"), Log.class);

        assertThat(log.last()).isEqualTo(new Placed("o-1"));
    }

    @Test
    void generic_leaves_keep_their_type_argument() {
        Line line = new Line("A", 1, new Money(new BigDecimal("1.10"), Currency.EUR));

        Outcome ok = new Outcome(new Ok<>(line));
        Outcome failed = new Outcome(new Failed<>("out of stock"));

        assertThat(codec.decode(codec.encode(ok), Outcome.class)).isEqualTo(ok);
        assertThat(codec.decode(codec.encode(failed), Outcome.class)).isEqualTo(failed);
    }

    @Test
    void a_sealed_class_that_is_not_abstract_is_a_leaf_too() {
        Circle circle = new Circle();
        circle.radius = 3;

        assertThat(codec.decode(codec.encode(new Drawing(circle)), Drawing.class)
                        .shape())
                .isInstanceOf(Circle.class);
        assertThat(codec.decode(codec.encode(new Drawing(new Shape())), Drawing.class)
                        .shape())
                .hasSameClassAs(new Shape());
        assertThat(codec.decode(bytes("{\"shape\":{\"name\":\"x\"}}"), Drawing.class)
                        .shape())
                .hasSameClassAs(new Shape());
    }

    @Test
    void only_names_of_permitted_leaves_are_read() {
        assertUndecodable(codec, "{\"last\":{\"@type\":\"line\"}}", Log.class)
                .hasMessageContaining("none of those permitted");
        assertUndecodable(codec, "{\"last\":{\"@type\":\"io.anyqueue.json.Payloads$Placed\"}}", Log.class);
        assertUndecodable(codec, "{\"last\":{\"@type\":\"Placed\"}}", Log.class);
        assertUndecodable(codec, "{\"last\":{\"order\":\"o-1\"}}", Log.class);
        assertUndecodable(codec, "{\"last\":{\"@type\":null}}", Log.class);
        assertUndecodable(codec, "{\"last\":[\"java.lang.String\",\"x\"]}", Log.class);
        assertUndecodable(codec, "{\"last\":\"placed\"}", Log.class);
        assertUndecodable(codec, "{\"byOrder\":{\"o-1\":{\"@type\":\"placed\",\"order\":\"o-1\"}}}", Log.class);
        assertUndecodable(codec, "{\"shape\":{\"@type\":\"square\"}}", Drawing.class);
    }
}
