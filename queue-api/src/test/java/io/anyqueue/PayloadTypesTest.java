package io.anyqueue;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PayloadTypesTest {
    record OrderPlaced(String id) {}

    record HTTPRequest() {}

    record Sha256Sum() {}

    record IO() {}

    sealed interface Event {
        record Placed(String id) implements Event {}

        @MessageType("order-gone")
        record Cancelled(String id) implements Event {}

        sealed interface Refund extends Event {
            record Full() implements Refund {}
        }

        non-sealed class Open implements Event {}
    }

    static class Opener extends Event.Open {}

    abstract static sealed class Base {
        static final class Leaf extends Base {}
    }

    static sealed class Concrete {
        static final class Special extends Concrete {}
    }

    sealed interface Twice {
        record A() implements Twice {}

        @MessageType("a")
        record B() implements Twice {}
    }

    sealed interface Left {
        record Both() implements Left, Right {}
    }

    sealed interface Right extends Diamond permits Left.Both {}

    sealed interface Diamond permits Right {}

    @MessageType(" ")
    record Blank() {}

    @MessageType("a\nb")
    record Unprintable() {}

    enum Plain {
        ONE
    }

    enum Bodies {
        ONE {
            @Override
            int number() {
                return 1;
            }
        };

        abstract int number();
    }

    @Test
    void writes_class_names_in_kebab_case() {
        assertThat(PayloadTypes.nameOf(OrderPlaced.class)).isEqualTo("order-placed");
        assertThat(PayloadTypes.nameOf(HTTPRequest.class)).isEqualTo("http-request");
        assertThat(PayloadTypes.nameOf(Sha256Sum.class)).isEqualTo("sha256-sum");
        assertThat(PayloadTypes.nameOf(IO.class)).isEqualTo("io");
        assertThat(PayloadTypes.nameOf(String.class)).isEqualTo("string");
        assertThat(PayloadTypes.nameOf(byte[].class)).isEqualTo("byte-array");
    }

    @ParameterizedTest
    @CsvSource({
        "placed,io.anyqueue.PayloadTypesTest$Event$Placed",
        "order-gone,io.anyqueue.PayloadTypesTest$Event$Cancelled"
    })
    void finds_leaves_by_name_and_names_by_class(String name, String type) {
        PayloadTypes types = PayloadTypes.of(Event.class);

        assertThat(types.type(name).map(Class::getName)).contains(type);
        assertThat(types.type(name).flatMap(types::name)).contains(name);
    }

    @Test
    void SEC_1_registers_the_leaves_of_a_sealed_type_and_nothing_else() {
        PayloadTypes types = PayloadTypes.of(Event.class);

        assertThat(types.names()).containsExactlyInAnyOrder("placed", "order-gone", "full", "open");
        assertThat(types.single()).isEmpty();
        assertThat(types.type("event")).isEmpty();
        assertThat(types.type("java.lang.String")).isEmpty();
        assertThat(types.name(String.class)).isEmpty();
    }

    @Test
    void a_subclass_travels_under_the_name_of_its_registered_class() {
        assertThat(PayloadTypes.of(Event.class).name(Opener.class)).contains("open");
        assertThat(PayloadTypes.of(Number.class).name(Integer.class)).contains("number");
    }

    @Test
    void a_sealed_class_that_can_be_made_is_registered_itself() {
        assertThat(PayloadTypes.of(Concrete.class).names()).containsExactlyInAnyOrder("concrete", "special");
        assertThat(PayloadTypes.of(Base.class).names()).containsExactly("leaf");
        assertThat(PayloadTypes.of(Diamond.class).names()).containsExactly("both");
    }

    @Test
    void an_enum_is_one_class_even_if_its_constants_have_bodies() {
        assertThat(PayloadTypes.of(Plain.class).names()).containsExactly("plain");
        PayloadTypes bodies = PayloadTypes.of(Bodies.class);
        assertThat(bodies.names()).containsExactly("bodies");
        assertThat(bodies.name(((Object) Bodies.ONE).getClass())).contains("bodies");
    }

    @Test
    void a_single_class_decodes_messages_without_a_type() {
        assertThat(PayloadTypes.of(OrderPlaced.class).single()).contains(OrderPlaced.class);
    }

    @Test
    void refuses_two_classes_of_one_name() {
        Refused.invalid(() -> PayloadTypes.of(Twice.class)).contains("'a'", "Twice$A", "Twice$B", "@MessageType");
        Refused.invalid(() -> QueueSpec.of("q", Twice.class)).contains("'a'");
    }

    @Test
    void refuses_names_that_cannot_travel() {
        Refused.invalid(() -> PayloadTypes.of(Blank.class)).contains("@MessageType", "Blank", "is blank");
        Refused.invalid(() -> PayloadTypes.of(Unprintable.class)).contains("@MessageType", "U+000A");
        Refused.invalid(() -> PayloadTypes.of(new Object() {}.getClass())).contains("anonymous");
        Refused.invalid(() -> PayloadTypes.of(null)).isEqualTo("type is null");
        Refused.invalid(() -> PayloadTypes.of(String.class).type(null)).isEqualTo("name is null");
        Refused.invalid(() -> PayloadTypes.of(String.class).name(null)).isEqualTo("type is null");
    }
}
