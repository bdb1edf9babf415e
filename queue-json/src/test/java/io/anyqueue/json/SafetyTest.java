package io.anyqueue.json;

import static io.anyqueue.json.Payloads.bytes;
import static io.anyqueue.json.Payloads.text;
import static io.anyqueue.json.Refused.assertUndecodable;
import static io.anyqueue.json.Refused.assertUnencodable;
import static io.anyqueue.json.Refused.printed;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.anyqueue.json.Payloads.Anything;
import io.anyqueue.json.Payloads.Count;
import io.anyqueue.json.Payloads.Line;
import io.anyqueue.json.Payloads.Log;
import io.anyqueue.json.Payloads.Money;
import io.anyqueue.json.Payloads.Order;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.DefaultTyping;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.BasicPolymorphicTypeValidator;
import tools.jackson.databind.module.SimpleModule;

/** SEC-1: no class names, and no content of a payload in the text of an error. */
class SafetyTest {
    private static final String SECRET = "hunter2";

    private final JsonCodec codec = new JsonCodec();

    @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS)
    interface ByClass {}

    record ByClassLeaf(String value) implements ByClass {}

    record HoldsByClass(List<ByClass> values) {}

    record ByMinimalClass(
            @JsonTypeInfo(use = JsonTypeInfo.Id.MINIMAL_CLASS)
            Object value) {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({@JsonSubTypes.Type(value = Cat.class, name = "cat")})
    sealed interface Pet permits Cat {}

    record Cat(String name) implements Pet {}

    record Home(Pet pet) {}

    interface MixedIn {}

    record HoldsMixedIn(MixedIn value) {}

    record HoldsClass(Class<?> value) {}

    record HoldsClassKeys(Map<Class<?>, String> values) {}

    record Strict(String value) {
        Strict {
            if (SECRET.equals(value)) {
                throw new IllegalArgumentException("bad: " + value);
            }
        }
    }

    static final class Open {
        private final Map<String, Count> rest = new HashMap<>();

        @JsonAnySetter
        void set(String name, Count value) {
            rest.put(name, value);
        }
    }

    static final class Throwing {
        public String getValue() {
            return List.of(SECRET).stream().reduce("", SafetyTest::refuse);
        }
    }

    static final class Opaque {
        @Override
        public String toString() {
            return SECRET;
        }
    }

    private static String refuse(String left, String right) {
        throw new IllegalStateException(left + right);
    }

    @Test
    void class_names_by_annotation_are_refused_in_both_directions() {
        String rule = "SEC-1";

        assertUnencodable(codec, new ByClassLeaf("x"))
                .hasMessageContaining(rule)
                .hasMessageContaining("CLASS");
        assertUnencodable(codec, new HoldsByClass(List.of(new ByClassLeaf("x"))))
                .hasMessageContaining(rule);
        assertUnencodable(codec, new ByMinimalClass("x")).hasMessageContaining("MINIMAL_CLASS");
        assertUndecodable(
                        codec,
                        "{\"@class\":\"" + ByClassLeaf.class.getName() + "\",\"value\":\"x\"}",
                        ByClassLeaf.class)
                .hasMessageContaining(rule);
        assertUndecodable(codec, "{\"values\":[]}", HoldsByClass.class).hasMessageContaining(rule);
        assertUndecodable(codec, "{\"value\":1}", ByMinimalClass.class).hasMessageContaining(rule);
    }

    @Test
    void class_names_by_a_mapper_of_ones_own_are_refused() {
        JacksonModule mixIn = new SimpleModule().setMixInAnnotation(MixedIn.class, ByClass.class);
        JsonCodec mixed = new JsonCodec(JsonMapper.builder().addModule(mixIn).build());

        assertUndecodable(mixed, "{\"value\":{\"@class\":\"java.lang.String\"}}", HoldsMixedIn.class)
                .hasMessageContaining("SEC-1");
        assertUnencodable(mixed, new HoldsMixedIn(new MixedIn() {})).hasMessageContaining("SEC-1");
    }

    @Test
    void default_typing_is_switched_off() {
        BasicPolymorphicTypeValidator all = BasicPolymorphicTypeValidator.builder()
                .allowIfBaseType(Object.class)
                .build();
        JsonMapper typed = JsonMapper.builder()
                .activateDefaultTyping(all, DefaultTyping.NON_FINAL)
                .build();
        JsonCodec untyped = new JsonCodec(typed);
        byte[] body = typed.writeValueAsBytes(new Anything(new Holder()));

        assertThat(text(body)).as("what must not be read").contains("Holder");
        assertThat(typed.readValue(body, Anything.class).value()).isInstanceOf(Holder.class);
        assertThat(text(untyped.encode(new Anything(new Holder())))).isEqualTo("{\"value\":{\"name\":\"\"}}");
        assertThat(untyped.decode(bytes("{\"value\":[\"x.Y\",{}]}"), Anything.class)
                        .value())
                .isEqualTo(List.of("x.Y", Map.of()));
    }

    static class Holder {
        public String name = "";
    }

    @Test
    void names_by_annotation_are_fine() {
        Home home = new Home(new Cat("Tom"));

        assertThat(text(codec.encode(home))).isEqualTo("{\"pet\":{\"kind\":\"cat\",\"name\":\"Tom\"}}");
        assertThat(codec.decode(codec.encode(home), Home.class)).isEqualTo(home);
    }

    @Test
    void values_of_type_class_are_refused() {
        assertUndecodable(codec, "{\"value\":\"java.lang.String\"}", HoldsClass.class)
                .hasMessageContaining("SEC-1");
        assertUndecodable(codec, "{\"values\":{\"java.lang.String\":\"x\"}}", HoldsClassKeys.class)
                .hasMessageContaining("SEC-1");
        assertUnencodable(codec, new HoldsClass(String.class)).hasMessageContaining("SEC-1");
        assertUnencodable(codec, new HoldsClassKeys(Map.of(String.class, "x"))).hasMessageContaining("SEC-1");
        assertUnencodable(codec, new Anything(String.class)).hasMessageContaining("SEC-1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hunter2",
                "{\"quantity\":hunter2}",
                "{\"quantity\":\"hunter2\"}",
                "{\"quantity\":{\"hunter2\":1}}",
                "{\"hunter2\":1,\"hunter2\":1}",
                "{\"hunter2\":1}}",
                "{\"price\":\"hunter2\"}",
                "{\"price\":{\"currency\":\"hunter2\"}}",
                "{\"price\":{\"amount\":\"hunter2\"}}",
                "{\"at\":\"hunter2\"}",
                "{\"taxes\":{\"hunter2\":\"hunter2\"}}",
                "{\"last\":{\"@type\":\"hunter2\"}}",
                "{\"last\":\"hunter2\"}",
                "{\"value\":\"hunter2\"}",
                "{\"hunter2\":{\"value\":\"hunter2\"}}",
                "{\"quantity\":1} \"hunter2\"",
                "[\"hunter2\"]",
                "\"hunter2\""
            })
    void errors_of_decoding_hold_no_content(String json) {
        List<Class<?>> types = List.of(
                Line.class, Order.class, Money.class, Log.class, Count.class, Strict.class, Open.class, Runnable.class);
        int refused = 0;
        for (Class<?> type : types) {
            try {
                codec.decode(bytes(json), type);
            } catch (RuntimeException e) {
                refused++;
                assertThat(printed(() -> codec.decode(bytes(json), type))).doesNotContain(SECRET);
            }
        }
        assertThat(refused).isPositive();
    }

    @Test
    void errors_of_encoding_hold_no_content() {
        assertUnencodable(codec, new Throwing())
                .hasMessageContaining("java.lang.IllegalStateException, at property value");
        assertUnencodable(codec, new Opaque()).hasMessageContaining("no properties discovered");
        assertUnencodable(codec, Map.of(SECRET, new Opaque()));

        assertThat(printed(() -> codec.encode(new Throwing())))
                .doesNotContain(SECRET)
                .contains("Throwing.getValue");
        assertThat(printed(() -> codec.encode(Map.of(SECRET, new Opaque())))).doesNotContain(SECRET);
        assertThat(printed(() -> codec.encode(Map.of(1, 1, "1", SECRET))))
                .doesNotContain(SECRET)
                .contains("written twice");
    }

    @Test
    void the_reason_is_named() {
        assertUndecodable(codec, "{\"value\":\"hunter2\"}", Strict.class)
                .hasMessageContaining("its constructor threw java.lang.IllegalArgumentException");
        assertUndecodable(codec, "{}", Runnable.class).hasMessageContaining("Jackson cannot create java.lang.Runnable");
        assertUndecodable(codec, "{\"hunter2\":{\"value\":{}}}", Open.class)
                .hasMessageContaining("at property *.value");
    }
}
