package io.anyqueue.json;

import static io.anyqueue.json.Payloads.bytes;
import static io.anyqueue.json.Refused.assertUndecodable;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.json.Payloads.Count;
import io.anyqueue.json.Payloads.Currency;
import io.anyqueue.json.Payloads.Decimal;
import io.anyqueue.json.Payloads.Line;
import io.anyqueue.json.Payloads.Money;
import io.anyqueue.json.Payloads.Order;
import io.anyqueue.json.Payloads.Text;
import java.nio.charset.Charset;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReadingTest {
    private final JsonCodec codec = new JsonCodec();

    @Test
    void unknown_properties_are_ignored() {
        assertThat(codec.decode(bytes("{\"x\":{\"y\":[1,{}]},\"value\":3,\"z\":null}"), Count.class))
                .isEqualTo(new Count(3));
    }

    @Test
    void missing_properties_are_null_zero_or_empty() {
        assertThat(codec.decode(bytes("{}"), Line.class)).isEqualTo(new Line(null, 0, null));
        assertThat(codec.decode(bytes("{}"), Order.class).note()).isEqualTo(Optional.empty());
        assertThat(codec.decode(bytes("{\"note\":null}"), Order.class).note()).isEqualTo(Optional.empty());
    }

    @Test
    void a_byte_order_mark_is_skipped() {
        assertThat(codec.decode(bytes("\uFEFF{\"value\":3}"), Count.class)).isEqualTo(new Count(3));
    }

    @Test
    void null_for_a_primitive_is_refused() {
        assertUndecodable(codec, "{\"value\":null}", Count.class)
                .hasMessageContaining("does not fit int, at property value");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"value\":1.5}",
                "{\"value\":\"1\"}",
                "{\"value\":\"\"}",
                "{\"value\":true}",
                "{\"value\":[1]}",
                "{\"value\":{}}"
            })
    void values_are_not_bent_to_fit(String json) {
        assertUndecodable(codec, json, Count.class);
    }

    @Test
    void numbers_out_of_range_are_refused() {
        assertUndecodable(codec, "{\"value\":2147483648}", Count.class).hasMessageContaining("out of the range of int");
        assertUndecodable(codec, "{\"value\":1e40}", Count.class);
        assertUndecodable(codec, "{\"currency\":0}", Money.class);
        assertUndecodable(codec, "{\"currency\":\"US dollar\"}", Money.class);
        assertUndecodable(codec, "{\"value\":\"1.0\"}", Decimal.class);
        assertUndecodable(codec, "\"DM\"", Currency.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"value\":1}x", "{\"value\":1}{}", "{\"value\":1} 2", "{\"value\":1}]", "{\"value\":1},"})
    void text_after_the_document_is_refused(String json) {
        assertUndecodable(codec, json, Count.class);
    }

    @Test
    void a_second_document_is_called_so() {
        assertUndecodable(codec, "{\"value\":1} {}", Count.class).hasMessageContaining("there is more after its end");
    }

    @Test
    void every_truncation_is_refused() {
        String json = "{\"sku\":\"A\",\"quantity\":3,\"price\":{\"amount\":1.5}}";

        for (int length = 0; length < json.length(); length++) {
            assertUndecodable(codec, json.substring(0, length), Line.class);
        }
        assertUndecodable(codec, "{\"sku\":\"A", Line.class).hasMessageContaining("it ends too early");
    }

    @Test
    void a_property_that_is_there_twice_is_refused() {
        String twice = "a property is there twice";

        assertUndecodable(codec, "{\"value\":1,\"value\":1}", Count.class).hasMessageContaining(twice);
        assertUndecodable(codec, "{\"value\":1,\"x\":{\"a\":1,\"a\":2}}", Count.class)
                .hasMessageContaining(twice);
        assertUndecodable(codec, "{\"a\":1,\"\\u0061\":2}", Map.class).hasMessageContaining(twice);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "",
                " ",
                "\uFEFF",
                "[null]",
                "nul",
                "NaN",
                "'x'",
                "{value:1}",
                "{\"value\":01}",
                "{\"value\":1,}",
                "{\"value\":+1}",
                "{\"value\":1}//",
                "[]",
                "\"x\"",
                "1"
            })
    void what_is_no_object_in_plain_json_is_refused(String json) {
        assertUndecodable(codec, json, Count.class);
    }

    @Test
    void null_and_nothing_are_named() {
        assertUndecodable(codec, "null", Count.class).hasMessageContaining("it is null");
        assertUndecodable(codec, "", Count.class).hasMessageContaining("it is empty");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "80",
                "C3",
                "FE",
                "FF",
                "00",
                "C080",
                "C1BF",
                "E08080",
                "EDA080",
                "F4908080",
                "F0808080",
                "F888808080",
                "E282",
                "F09F98",
                "BFBF",
                "FABFBFBF"
            })
    void only_valid_utf_8_is_read(String hex) {
        String bytes = new String(HexFormat.of().parseHex(hex), ISO_8859_1);

        for (String json : List.of("{\"value\":\"a_b\"}", "{\"a_b\":\"\"}", "{_}", "_")) {
            assertUndecodable(codec, json.replace("_", bytes).getBytes(ISO_8859_1), Text.class)
                    .hasMessageContaining("not UTF-8");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u007f", "\u0080", "\u07ff", "\u0800", "\ud7ff", "\ue000", "\uffff", "😀", "\udbff\udfff"})
    void all_of_unicode_is_read(String text) {
        assertThat(codec.decode(bytes("{\"value\":\"" + text + "\"}"), Text.class))
                .isEqualTo(new Text(text));
    }

    @Test
    void control_characters_in_text_are_refused() {
        assertUndecodable(codec, "{\"value\":\"\u001f\"}", Text.class).hasMessageContaining("not well-formed");
    }

    @Test
    void utf_16_is_refused() {
        for (Charset charset : List.of(UTF_16, UTF_16BE, UTF_16LE)) {
            assertUndecodable(codec, "{\"value\":1}".getBytes(charset), Count.class)
                    .hasMessageContaining("not UTF-8");
        }
    }

    @Test
    void the_place_is_named() {
        assertUndecodable(codec, "{\"lines\":[{},{\n\"price\":{\"amount\":{}}}]}", Order.class)
                .hasMessageContaining("java.math.BigDecimal")
                .hasMessageContaining("at property lines[1].price.amount")
                .hasMessageContaining("(line 2, column ");
    }
}
