package io.anyqueue.json;

import static io.anyqueue.json.Payloads.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.json.Payloads.Anything;
import io.anyqueue.json.Payloads.Currency;
import io.anyqueue.json.Payloads.Decimal;
import io.anyqueue.json.Payloads.Line;
import io.anyqueue.json.Payloads.Log;
import io.anyqueue.json.Payloads.Money;
import io.anyqueue.json.Payloads.Order;
import io.anyqueue.json.Payloads.Outcome;
import io.anyqueue.json.Payloads.Page;
import io.anyqueue.json.Payloads.Placed;
import io.anyqueue.json.Payloads.Sent;
import io.anyqueue.json.Payloads.Times;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;
import tools.jackson.databind.JsonNode;

/** Whatever the bytes are: a value that can be encoded again, or UNDECODABLE. */
class FuzzTest {
    private static final List<Class<?>> TYPES = List.of(
            Order.class,
            Log.class,
            Line.class,
            Times.class,
            Decimal.class,
            Outcome.class,
            Anything.class,
            Currency.class,
            Object.class,
            JsonNode.class,
            Map.class,
            Optional.class);
    private static final String ALPHABET = "{}[]:,\"\\ \n0123456789.-+eEtruefalsn@typdco\u00e9";

    private final JsonCodec codec = new JsonCodec();

    @Property(tries = 3_000)
    void random_bytes(@ForAll byte[] body) {
        check(body);
    }

    @Property(tries = 3_000)
    void random_json_letters(@ForAll("jsonLetters") String text) {
        check(bytes(text));
    }

    @Property(tries = 5_000)
    void mutations_of_real_documents(@ForAll("documents") byte[] document, @ForAll long seed) {
        check(mutated(document, new Random(seed)));
    }

    @Provide
    Arbitrary<String> jsonLetters() {
        return Arbitraries.strings().withChars(ALPHABET.toCharArray()).ofMaxLength(6);
    }

    @Provide
    Arbitrary<byte[]> documents() {
        Line line = new Line("A", 1, new Money(new BigDecimal("1.10"), Currency.EUR));
        Order order = new Order(
                "o",
                Instant.EPOCH,
                Optional.of("n"),
                List.of(line),
                Map.of("a", BigDecimal.ONE),
                new Page<>(List.of(line)),
                BigInteger.TEN);
        Log log = new Log(
                new Placed("o"),
                List.of(new Placed("p")),
                Map.of("s", new Sent("s", BigDecimal.TEN)),
                Optional.empty(),
                null);
        return Arbitraries.of(order, log, line, new Outcome(new Payloads.Ok<>(line)), Currency.USD)
                .map(codec::encode);
    }

    private static byte[] mutated(byte[] document, Random random) {
        byte[] result = document.clone();
        for (int i = random.nextInt(4); i >= 0; i--) {
            int at = random.nextInt(result.length);
            result[at] = random.nextBoolean()
                    ? (byte) random.nextInt(256)
                    : (byte) ALPHABET.charAt(random.nextInt(ALPHABET.length() - 1));
        }
        return result;
    }

    private void check(byte[] body) {
        Class<?> type = TYPES.get(Math.floorMod(Arrays.hashCode(body), TYPES.size()));
        try {
            Object value = codec.decode(body, type);
            Statistics.collect("decoded");
            codec.encode(value);
        } catch (QueueException e) {
            Statistics.collect("refused");
            assertThat(e.code()).as(e.getMessage()).isEqualTo(ErrorCode.UNDECODABLE);
        }
    }
}
