package io.anyqueue.spi.support;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.History;
import io.anyqueue.Message;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EnvelopeReaderTest {
    private static final byte[] BODY = {1, 2};

    @Test
    void ofSeveralHeadersWithOneNameTheLastCounts() {
        EnvelopeReader reader = new EnvelopeReader();
        reader.header("q-id", "first");
        reader.header("tenant", "a");
        reader.header("q-id", "last");
        reader.header("tenant", "b");

        Message message = reader.message(BODY, () -> "unused");

        assertThat(message.id()).isEqualTo("last");
        assertThat(message.headers()).isEqualTo(Map.of("tenant", "b"));
        assertThat(message.bodyArray()).isSameAs(BODY);
    }

    @Test
    void whatIsMissingOrBrokenIsAbsent() {
        EnvelopeReader reader = new EnvelopeReader();
        reader.header(null, "x");
        reader.header("tenant", null);
        reader.header("q-id", "half\ud800");
        reader.header("q-time", "never");
        reader.header("q-attempts", "-5");

        Message message = reader.message(BODY, () -> "topic-0-17");

        assertThat(message.id()).isEqualTo("topic-0-17");
        assertThat(message.createdAtMillis()).isZero();
        assertThat(message.history()).isEqualTo(History.NONE);
        assertThat(message.headers()).isEmpty();
    }

    @Test
    void whatIsWrittenOneByOneIsWhatTheMapHas() {
        Message message = Message.builder("m-1")
                .type("order")
                .key("k")
                .createdAtMillis(17)
                .history(new History(2, 3, 16))
                .headers(Map.of("tenant", "a", "q-id", "another"))
                .build();
        Map<String, String> written = new LinkedHashMap<>();
        List<String> names = new ArrayList<>();

        Envelope.write(message, (name, value) -> {
            names.add(name);
            written.put(name, value);
        });

        assertThat(written).isEqualTo(Envelope.headers(message)).containsEntry("q-id", "m-1");
        assertThat(names).doesNotHaveDuplicates();
    }
}
