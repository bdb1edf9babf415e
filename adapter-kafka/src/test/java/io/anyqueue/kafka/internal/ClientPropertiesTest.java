package io.anyqueue.kafka.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientPropertiesTest {
    @Test
    void takesWhatTheLibraryKnows() {
        ClientProperties client = ClientProperties.of(Map.of(
                "compression.type", "zstd",
                "producer.linger.ms", "5",
                "consumer.fetch.min.bytes", "10",
                "group.protocol", "consumer"));
        assertThat(client.of(ClientProperties.PRODUCER, Set.of("compression.type", "linger.ms")))
                .containsOnly(Map.entry("compression.type", "zstd"), Map.entry("linger.ms", "5"));
        assertThat(client.of(ClientProperties.CONSUMER, Set.of("group.protocol", "fetch.min.bytes")))
                .containsOnly(Map.entry("group.protocol", "consumer"), Map.entry("fetch.min.bytes", "10"));
        assertThat(client.isConsumerProtocol()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "enable.auto.commit, false",
        "consumer.enable.auto.commit, true",
        "acks, 1",
        "acks, 0",
        "producer.acks, 1",
        "enable.idempotence, false",
        "max.in.flight.requests.per.connection, 6",
        "auto.offset.reset, latest",
        "isolation.level, read_uncommitted",
        "consumer.isolation.level, read_uncommitted",
        "value.deserializer, X",
        "key.serializer, X",
        "group.id, g",
        "group.instance.id, g",
        "transactional.id, t",
        "partitioner.class, P",
        "allow.auto.create.topics, true",
        "sasl.jaas.config, s3cret",
        "session.timeout.ms, 1"
    })
    void refusesWhatWouldWeakenAPromise(String name, String value) {
        assertThatExceptionOfType(QueueException.class)
                .isThrownBy(() -> ClientProperties.of(Map.of(name, value)))
                .withMessageContaining(name)
                .withMessageNotContaining("s3cret")
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED));
    }

    @ParameterizedTest
    @CsvSource({"acks, all", "acks, -1", "enable.idempotence, true", "max.in.flight.requests.per.connection, 1"})
    void takesWhatIsTheSame(String name, String value) {
        assertThat(ClientProperties.of(Map.of(name, value)).all()).containsEntry(name, value);
    }

    @ParameterizedTest
    @CsvSource({"compresion.type, zstd", "producer.fetch.min.bytes, 1", "group.protocol, eager"})
    void refusesWhatNobodyKnows(String name, String value) {
        assertThatExceptionOfType(QueueException.class)
                .isThrownBy(() -> ClientProperties.of(Map.of(name, value)))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
    }

    @Test
    void showsNoValues() {
        assertThat(ClientProperties.of(Map.of("ssl.key.password", "s3cret")).toString())
                .doesNotContain("s3cret");
    }
}
