package io.anyqueue.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.anyqueue.ClientOptions;
import io.anyqueue.ErrorCode;
import io.anyqueue.MessageHandler;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueException;
import io.anyqueue.QueueSpec;
import io.anyqueue.architecture.Repository;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code docs/configuration.md} names every key, and what it says of them can be set. */
class ConfigurationDocTest {
    private static final String DOC = Repository.read(Repository.ROOT.resolve(Path.of("docs", "configuration.md")));
    private static final Map<String, String> PLACES = Map.of("<name>", "orders", "<source>", "orders");
    private static final Set<String> NETWORK = Set.of("username", "password", "tls.ca", "tls.cert", "tls.key");
    private static final Set<String> NOT_YET = Set.of("rate", "breaker");

    /** A row of a table whose first cell is a key. */
    record Row(String key, String example, String defaultValue) {}

    @ParameterizedTest
    @MethodSource("rows")
    void whatTheTablesShowCanBeSet(Row row) {
        for (String value : List.of(row.example(), row.defaultValue())) {
            if (!value.isEmpty()) {
                assertThatCode(() -> consume(key(row.key()), value))
                        .as("%s=%s", row.key(), value)
                        .doesNotThrowAnyException();
            }
        }
    }

    /** These are known to the runtime; the in-memory broker is the one that has no use for them. */
    @ParameterizedTest
    @ValueSource(strings = {"username", "tls.ca", "tls.cert", "tls.key"})
    void whatTakesANetworkIsRefusedByTheBrokerInMemory(String key) {
        assertThat(DOC).contains("| `anyqueue." + key + "` |");
        assertThatExceptionOfType(QueueException.class)
                .isThrownBy(() -> consume("anyqueue." + key, "x"))
                .withMessageStartingWith("the in-memory broker has no");
    }

    @Test
    void aPasswordWithoutAUserIsRefused() {
        assertThat(DOC).contains("| the password of `anyqueue.username`; refused without it |");
        assertThatExceptionOfType(QueueException.class)
                .isThrownBy(() -> consume("anyqueue.password", "x"))
                .withMessageContaining("without anyqueue.username");
    }

    @ParameterizedTest
    @ValueSource(strings = {"standard", "none", "5s,30s,2m", "blocking:200ms,2s"})
    void theRetryPoliciesCanBeSet(String policy) {
        assertThat(DOC).contains("| `" + policy + "` |");
        consume("anyqueue.consumer.*.retry", policy);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rate", "breaker"})
    void whatIsNotThereYetIsRefused(String setting) {
        assertThat(DOC).contains("| `anyqueue.consumer.<source>." + setting + "` | | | refused");
        assertThatExceptionOfType(QueueException.class)
                .isThrownBy(() -> consume("anyqueue.consumer.orders." + setting, "10"))
                .extracting(QueueException::code)
                .isEqualTo(ErrorCode.UNSUPPORTED);
    }

    @ParameterizedTest
    @MethodSource("knownKeys")
    void everyKeyIsNamed(String key) {
        assertThat(DOC).contains("| `" + key);
    }

    /** The keys in the runtime's own list, which no API shows. */
    static Stream<String> knownKeys() {
        String source = Repository.read(Repository.ROOT.resolve(
                Path.of("queue-core", "src/main/java/io/anyqueue/core/config/SettingKeys.java")));
        String fixed = source.substring(source.indexOf("FIXED = List.of("), source.indexOf("private SettingKeys()"));
        String consumer = source.substring(source.indexOf("CONSUMER ="), source.indexOf("FIXED = List.of("));
        return Stream.concat(
                quoted(fixed),
                Stream.concat(
                        quoted(consumer).map(setting -> "anyqueue.consumer.<source>." + setting),
                        Stream.of("anyqueue.native.", "anyqueue.queue.<name>.name", "anyqueue.topic.<name>.name")));
    }

    static Stream<Row> rows() {
        List<Row> rows = DOC.lines()
                .filter(line ->
                        line.startsWith("| `anyqueue.") || line.startsWith("| `max-") || line.startsWith("| `dedup"))
                .filter(line -> NOT_YET.stream().noneMatch(setting -> line.contains("<source>." + setting)))
                .filter(line -> !line.contains(".native.<key>"))
                .filter(line -> NETWORK.stream().noneMatch(key -> line.startsWith("| `anyqueue." + key + "`")))
                .map(ConfigurationDocTest::row)
                .toList();
        assertThat(rows).hasSizeGreaterThan(15);
        return rows.stream();
    }

    private static Row row(String line) {
        List<String> cells =
                Arrays.stream(line.split("\\|", -1)).map(String::strip).toList();
        String key = literal(cells.get(1));
        return key.startsWith("anyqueue.")
                ? new Row(key, literal(cells.get(2)), literal(cells.get(3)))
                : new Row("anyqueue.native." + key, "", literal(cells.get(2)));
    }

    /** {@return what stands in backticks if it is all there is} */
    private static String literal(String cell) {
        return cell.matches("`[^`]+`") ? cell.substring(1, cell.length() - 1) : "";
    }

    private static Stream<String> quoted(String source) {
        return Pattern.compile("\"([^\"]+)\"").matcher(source).results().map(found -> found.group(1));
    }

    private static String key(String written) {
        String key = written;
        for (Map.Entry<String, String> place : PLACES.entrySet()) {
            key = key.replace(place.getKey(), place.getValue());
        }
        return key;
    }

    private static void consume(String key, String value) {
        MessageHandler<String> nothing = (payload, context) -> {};
        try (QueueClient client =
                QueueClient.connect(ClientOptions.of("inmemory:").set(key, value))) {
            client.queue(QueueSpec.of("orders", String.class)).consume(nothing);
        }
    }
}
