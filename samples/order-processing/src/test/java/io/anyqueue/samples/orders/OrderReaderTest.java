package io.anyqueue.samples.orders;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OrderReaderTest {
    private static final String GOOD = "{\"orderId\":\"7\",\"lines\":[{\"quantity\":1,\"unitPrice\":2.50}]}";

    private final List<String> problems = new ArrayList<>();

    @Test
    void readsAllFields() throws IOException {
        List<Order> orders = read(
                "{\"orderId\":\"7\",\"customerId\":\"k\",\"country\":\"Éire\",\"placedAt\":\"2010-12-01T08:26:00Z\","
                        + "\"more\":1,\"lines\":[{\"sku\":\"s\",\"description\":null,\"quantity\":-3,\"unitPrice\":0.10}]}");

        assertThat(problems).isEmpty();
        assertThat(orders)
                .containsExactly(new Order(
                        "7",
                        "k",
                        "Éire",
                        Instant.parse("2010-12-01T08:26:00Z"),
                        List.of(new OrderLine("s", null, -3, new BigDecimal("0.10")))));
    }

    @Test
    void skipsWhatIsNoOrderAndSaysWhichLine() throws IOException {
        List<Order> orders = read(GOOD + "\n\n  \r\nnonsense\n" + GOOD + "\r\n[1]\n{\"orderId\":\"8\"}");

        assertThat(orders).hasSize(2);
        assertThat(problems)
                .hasSize(3)
                .satisfies(
                        first -> assertThat(first).startsWith("4: not JSON"),
                        org.assertj.core.api.Assertions.atIndex(0))
                .contains("6: not a JSON object", "7: lines is missing or empty");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'lines':[{'quantity':1,'unitPrice':1}]} | orderId is missing",
                "{'orderId':' ','lines':[{'quantity':1,'unitPrice':1}]} | orderId is missing",
                "{'orderId':7,'lines':[{'quantity':1,'unitPrice':1}]} | orderId is not a string: 7",
                "{'orderId':'a\\nb','lines':[{'quantity':1,'unitPrice':1}]} | orderId has a control character or half",
                "{'orderId':'7','customerId':'\\ud800','lines':[{'quantity':1,'unitPrice':1}]} | customerId has a control",
                "{'orderId':'7','customerId':1,'lines':[{'quantity':1,'unitPrice':1}]} | customerId is not a string: 1",
                "{'orderId':'7','placedAt':'noon','lines':[{'quantity':1,'unitPrice':1}]} | placedAt is no time",
                "{'orderId':'7','lines':[]} | lines is missing or empty",
                "{'orderId':'7','lines':{}} | lines is not an array",
                "{'orderId':'7','lines':[3]} | a line is not a JSON object",
                "{'orderId':'7','lines':[{'unitPrice':1}]} | quantity is missing",
                "{'orderId':'7','lines':[{'quantity':1.5,'unitPrice':1}]} | quantity is not an integer",
                "{'orderId':'7','lines':[{'quantity':'1','unitPrice':1}]} | quantity is not an integer",
                "{'orderId':'7','lines':[{'quantity':3000000000,'unitPrice':1}]} | quantity is not an integer",
                "{'orderId':'7','lines':[{'quantity':1}]} | unitPrice is missing",
                "{'orderId':'7','lines':[{'quantity':1,'unitPrice':'1'}]} | unitPrice is not a number",
                "{'orderId':'7','lines':[{'quantity':1,'unitPrice':1E999999999}]} | unitPrice has more than 18 digits",
                "{'orderId':'7','lines':[{'quantity':1,'unitPrice':1E-999999999}]} | unitPrice has more than 18 digits",
                "{'orderId':'7','lines':[{'quantity':1,'unitPrice':NaN}]} | not JSON",
                "{'orderId':'7','lines':[{'quantity':1,'unitPrice':1}]} x | not JSON",
                "{'orderId':'7','lines':[{'quantity':1,'unitPrice':1}]} {} | something follows the JSON object",
                "{'orderId':'7','lines':[{'quantity':{},'unitPrice':1}]} | quantity is not an integer",
                "{'orderId':'7','lines':[{'quantity':null,'unitPrice':1}]} | quantity is not an integer",
                "{'orderId':'7','lines':[{'quantity':1,'unitPrice':1} | not JSON",
            })
    void saysWhatIsWrong(String line, String problem) throws IOException {
        assertThat(read(line.replace('\'', '"'))).isEmpty();
        assertThat(problems).singleElement().asString().startsWith("1: " + problem);
    }

    @Test
    void keepsDecimalsExact() throws IOException {
        String line = "{\"orderId\":\"7\",\"lines\":[{\"quantity\":3,\"unitPrice\":0.100000000000000001},"
                + "{\"quantity\":1,\"unitPrice\":2e2}]}";

        assertThat(read(line).get(0).total()).isEqualTo("200.300000000000000003");
    }

    @Test
    void refusesAnIdThatNoMessageMayHave() throws IOException {
        read(GOOD.replace("\"7\"", "\"" + "7".repeat(129) + "\""));

        assertThat(problems).containsExactly("1: orderId has 129 characters, the limit is 128");
    }

    @Test
    void refusesBytesThatAreNotUtf8() throws IOException {
        byte[] line = GOOD.replace("\"7\"", "\"é\"").getBytes(StandardCharsets.ISO_8859_1);

        assertThat(read(new ByteArrayInputStream(line))).isEmpty();
        assertThat(problems)
                .singleElement()
                .asString()
                .startsWith("1: not JSON")
                .contains("UTF-8");
    }

    @Test
    void passesOverAByteOrderMark() throws IOException {
        assertThat(read("\uFEFF" + GOOD)).hasSize(1);
    }

    @Test
    void doesNotQuoteControlCharacters() throws IOException {
        read("{\"orderId\":\"7\",\"customerId\":[\"\u001b[2J\u202e\"]}\n{\"orderId\":[\"" + "x".repeat(5_000) + "\"]}");

        assertThat(problems)
                .hasSize(2)
                .allSatisfy(problem -> assertThat(problem).hasSizeLessThan(250).doesNotContainPattern("\\p{C}"));
    }

    @Test
    void goesOnAfterALineThatIsTooLong() throws IOException {
        InputStream endless = new ByteArrayInputStream(new byte[OrderReader.MAX_LINE_BYTES + 1]);
        InputStream rest = new ByteArrayInputStream(("\n" + GOOD).getBytes(StandardCharsets.UTF_8));

        assertThat(read(new SequenceInputStream(endless, rest))).hasSize(1);
        assertThat(problems).containsExactly("1: longer than 16777216 bytes");
    }

    @Test
    void anEmptyInputHasNoOrders() throws IOException {
        assertThat(read("")).isEmpty();
        assertThat(problems).isEmpty();
    }

    private List<Order> read(String text) throws IOException {
        return read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    private List<Order> read(InputStream in) throws IOException {
        List<Order> orders = new ArrayList<>();
        try (OrderReader reader = new OrderReader(in, (line, problem) -> problems.add(line + ": " + problem))) {
            Optional<Order> order = reader.next();
            while (order.isPresent()) {
                orders.add(order.get());
                order = reader.next();
            }
        }
        return orders;
    }
}
