package io.anyqueue.json;

import static io.anyqueue.json.Payloads.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.json.Payloads.Count;
import io.anyqueue.json.Payloads.Currency;
import io.anyqueue.json.Payloads.Event;
import io.anyqueue.json.Payloads.Line;
import io.anyqueue.json.Payloads.Text;
import io.anyqueue.spi.Codec;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

class JsonCodecTest {
    private final JsonCodec codec = new JsonCodec();

    @Test
    void service_loader_finds_it() {
        assertThat(ServiceLoader.load(Codec.class))
                .hasOnlyElementsOfType(JsonCodec.class)
                .hasSize(1);
    }

    @Test
    void it_is_for_json_and_everything_but_bytes_and_text() {
        assertThat(codec.contentType()).isEqualTo("application/json");
        assertThat(codec.priority()).isZero();
        assertThat(List.of(
                        Line.class, Event.class, Currency.class, Integer.class, Map.class, int[].class, Object.class))
                .allMatch(codec::supports);
        assertThat(List.of(
                        byte[].class,
                        ByteBuffer.class,
                        MappedByteBuffer.class,
                        String.class,
                        CharSequence.class,
                        StringBuilder.class,
                        int.class,
                        void.class,
                        Class.class))
                .noneMatch(codec::supports);
    }

    @Test
    void null_arguments_are_refused_by_name() {
        assertInvalid(() -> codec.encode(null), "payload is null");
        assertInvalid(() -> codec.decode(null, Count.class), "body is null");
        assertInvalid(() -> codec.decode(new byte[1], null), "type is null");
        assertInvalid(() -> codec.supports(null), "type is null");
        assertInvalid(() -> new JsonCodec(null), "mapper is null");
        assertInvalid(() -> JsonCodec.mapperBuilder(null), "limits is null");
    }

    @Test
    void a_mapper_of_ones_own_keeps_its_settings() {
        JsonMapper mapper = JsonCodec.mapperBuilder()
                .propertyNamingStrategy(PropertyNamingStrategies.UPPER_CAMEL_CASE)
                .build();
        JsonCodec own = new JsonCodec(mapper);

        assertThat(text(own.encode(new Count(1)))).isEqualTo("{\"Value\":1}");
        assertThat(own.decode(own.encode(new Count(1)), Count.class)).isEqualTo(new Count(1));
        assertThat(text(mapper.writeValueAsBytes(List.of(String.class))))
                .as("not changed")
                .contains("java.lang.String");
    }

    @Test
    void any_mapper_reads_plain_json_only() {
        JsonCodec lenient = new JsonCodec(
                JsonMapper.builder().enable(JsonReadFeature.values()).build());

        Refused.assertUndecodable(lenient, "{'value':1}", Count.class);
        Refused.assertUndecodable(lenient, "{\"value\":1/*\"*/,\"x\":1e9999}", Count.class);
        Refused.assertUndecodable(lenient, "{\"value\":1,\"value\":2}", Count.class);
        Refused.assertUndecodable(lenient, "{\"value\":1} 2", Count.class);
        Refused.assertUndecodable(lenient, new byte[16 * 1024 * 1024 + 1], Count.class)
                .hasMessageContaining("the limit is");
    }

    @Test
    void body_and_payload_are_not_kept() {
        byte[] body = codec.encode(new Text("a"));
        byte[] same = codec.encode(new Text("a"));
        byte[] copy = body.clone();

        Text decoded = codec.decode(body, Text.class);
        assertThat(body).isEqualTo(copy);
        body[10] = 'b';

        assertThat(decoded).isEqualTo(new Text("a"));
        assertThat(same).isEqualTo(copy).isNotSameAs(body);
    }

    @Test
    void one_codec_serves_many_threads() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Callable<Boolean>> calls = IntStream.range(0, 2_000)
                    .<Callable<Boolean>>mapToObj(i ->
                            () -> codec.decode(codec.encode(new Line("s" + i, i, null)), Line.class)
                                    .equals(new Line("s" + i, i, null)))
                    .toList();
            for (var result : threads.invokeAll(calls)) {
                assertThat(result.get()).isTrue();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static void assertInvalid(ThrowingCallable call, String message) {
        assertThatThrownBy(call)
                .isInstanceOf(QueueException.class)
                .hasMessage(message)
                .extracting("code")
                .isEqualTo(ErrorCode.INVALID_ARGUMENT);
    }
}
