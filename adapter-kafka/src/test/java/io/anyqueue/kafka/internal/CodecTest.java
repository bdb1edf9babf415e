package io.anyqueue.kafka.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.anyqueue.ErrorCode;
import io.anyqueue.History;
import io.anyqueue.Message;
import io.anyqueue.QueueException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CodecTest {
    private static ConsumerRecord<byte[], byte[]> record(
            byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
        return new ConsumerRecord<>(
                "orders", 3, 17, 1_000, TimestampType.CREATE_TIME, 0, 0, key, value, headers, Optional.empty());
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void aMessageArrivesAsItWas() {
        Message message = Message.builder("m-1")
                .key("k\u00e4y")
                .type("t")
                .contentType("text/plain")
                .headers(Map.of("a", "\uD83D\uDE00", "b", ""))
                .body(utf8("body"))
                .createdAtMillis(5)
                .expiresAtMillis(9)
                .history(new History(1, 2, 3))
                .build();
        Message read = Codec.message(record(Codec.key(message), message.bodyArray(), headers(message)));
        assertThat(read).usingRecursiveComparison().isEqualTo(message);
    }

    @Test
    void aForeignRecordIsDeliveredWithAStableId() {
        Message read = Codec.message(record(null, null, new RecordHeaders()));
        assertThat(read.id()).isEqualTo("orders-3-17");
        assertThat(read.key()).isEmpty();
        assertThat(read.bodyArray()).isEmpty();
    }

    @Test
    void brokenHeadersAndKeysStopNothing() {
        Headers headers = new RecordHeaders()
                .add("q-id", new byte[] {(byte) 0xff, 0})
                .add("q-time", utf8("yesterday"))
                .add("twice", utf8("1"))
                .add("twice", utf8("2"))
                .add("none", null)
                .add("anyqueue-counters", utf8("1,x"))
                .add("anyqueue-due", new byte[] {(byte) 0xff});
        ConsumerRecord<byte[], byte[]> record = record(new byte[] {(byte) 0xc3}, utf8("body"), headers);
        Message read = Codec.message(record);
        assertThat(read.headers()).containsEntry("twice", "2").doesNotContainKey("none");
        assertThat(read.bodyArray()).isEqualTo(utf8("body"));
        assertThat(read.key()).isEmpty();
        assertThat(Counters.of(headers, read.history())).isEqualTo(Counters.NONE);
        assertThat(Codec.due(headers)).isZero();
    }

    @Test
    void aCopyKeepsWhatIsNotOursAndTheIdThatWasShown() {
        byte[] odd = {(byte) 0xff, 1};
        Headers headers = new RecordHeaders().add("odd", odd).add("anyqueue-due", utf8("5"));
        ConsumerRecord<byte[], byte[]> record = record(null, utf8("body"), headers);
        Headers copy = Codec.copy(record, Codec.message(record));
        assertThat(copy.lastHeader("odd").value()).isEqualTo(odd);
        assertThat(copy.lastHeader("anyqueue-due")).isNull();
        assertThat(copy.lastHeader("q-id").value()).isEqualTo(utf8("orders-3-17"));
        assertThat(Codec.message(record(null, utf8("body"), copy)).id()).isEqualTo("orders-3-17");
    }

    @Test
    void aRecordForOneSubscriptionIsForNoOther() {
        Headers headers = new RecordHeaders();
        Codec.only(headers, Optional.of("audit"));
        assertThat(Codec.isFor(headers, Optional.of("audit"))).isTrue();
        assertThat(Codec.isFor(headers, Optional.of("billing"))).isFalse();
        assertThat(Codec.isFor(new RecordHeaders(), Optional.of("billing"))).isTrue();
    }

    @Test
    void headersOfOursAreRefused() {
        Message message =
                Message.builder("m").headers(Map.of("anyqueue-due", "1")).build();
        assertThatExceptionOfType(QueueException.class)
                .isThrownBy(() -> headers(message))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
    }

    @Test
    void headersThatAreTooLargeAreRefused() {
        Message message = Message.builder("m")
                .headers(Map.of("large", "x".repeat(128 * 1024)))
                .build();
        assertThatExceptionOfType(QueueException.class)
                .isThrownBy(() -> headers(message))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.TOO_LARGE));
    }

    private static Headers headers(Message message) {
        Headers headers = new RecordHeaders();
        Codec.write(message, headers);
        return headers;
    }
}
