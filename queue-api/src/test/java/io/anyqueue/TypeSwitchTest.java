package io.anyqueue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TypeSwitchTest {
    sealed interface Event {}

    record Placed(String id) implements Event {}

    record Paid(String id) implements Event {}

    private final List<String> calls = new ArrayList<>();

    @Test
    void chooses_by_the_class_of_the_payload() throws Exception {
        TypeSwitch<Event> events = MessageHandler.byType(Event.class)
                .on(Placed.class, (placed, context) -> calls.add("placed " + placed.id()))
                .on(Paid.class, (paid, context) -> calls.add("paid " + paid.id()));

        events.handle(new Paid("1"), null);
        events.handle(new Placed("2"), null);

        assertThat(calls).containsExactly("paid 1", "placed 2");
    }

    @Test
    void takes_the_first_case_that_fits() throws Exception {
        TypeSwitch<Event> events = MessageHandler.byType(Event.class)
                .on(Placed.class, (placed, context) -> calls.add("placed"))
                .on(Event.class, (event, context) -> calls.add("any"));

        events.handle(new Placed("1"), null);
        events.handle(new Paid("1"), null);

        assertThat(calls).containsExactly("placed", "any");
    }

    @Test
    void RTY_2_a_payload_without_a_case_fails_for_good() {
        TypeSwitch<Event> events = MessageHandler.byType(Event.class).on(Placed.class, (placed, context) -> {});

        HandlingException failure =
                catchThrowableOfType(HandlingException.class, () -> events.handle(new Paid("1"), null));

        assertThat(failure.kind()).isEqualTo(HandlingException.Kind.PERMANENT);
        assertThat(failure).hasMessageContaining(Paid.class.getName());
    }

    @Test
    void others_can_be_ignored() throws Exception {
        TypeSwitch<Object> events = MessageHandler.byType(Object.class)
                .othersIgnored()
                .on(Placed.class, (placed, context) -> calls.add("placed"));

        events.handle("text", null);
        events.handle(new Placed("1"), null);

        assertThat(calls).containsExactly("placed");
    }

    @Test
    void hands_on_what_a_case_throws() {
        TypeSwitch<Event> events = MessageHandler.byType(Event.class).on(Placed.class, (placed, context) -> {
            throw new IOException("down");
        });

        assertThatThrownBy(() -> events.handle(new Placed("1"), null))
                .isInstanceOf(IOException.class)
                .hasMessage("down");
    }

    @Test
    void each_case_gives_a_new_switch() {
        TypeSwitch<Event> empty = MessageHandler.byType(Event.class);
        TypeSwitch<Event> unused =
                empty.on(Placed.class, (placed, context) -> {}).othersIgnored();

        assertThatThrownBy(() -> empty.handle(new Placed("1"), null)).isInstanceOf(HandlingException.class);
    }

    @Test
    void refuses_two_cases_of_one_class_and_nulls() {
        TypeSwitch<Event> events = MessageHandler.byType(Event.class).on(Placed.class, (placed, context) -> {});

        Refused.invalid(() -> events.on(Placed.class, (placed, context) -> {})).contains("two handlers", "Placed");
        Refused.invalid(() -> events.on(null, (placed, context) -> {})).isEqualTo("type is null");
        Refused.invalid(() -> events.on(Paid.class, null)).isEqualTo("handler is null");
        Refused.invalid(() -> MessageHandler.byType(null)).isEqualTo("type is null");
    }
}
