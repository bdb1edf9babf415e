package io.anyqueue;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MessageTest {
    private static final byte[] BODY = {1, 2, 3};

    @Test
    void holds_what_was_set() {
        Message message = full();

        assertThat(message.id()).isEqualTo("id");
        assertThat(message.key()).contains("key");
        assertThat(message.type()).contains("type");
        assertThat(message.contentType()).contains("text/plain");
        assertThat(message.correlationId()).contains("corr");
        assertThat(message.causationId()).contains("cause");
        assertThat(message.replyTo()).contains("answers");
        assertThat(message.headers()).containsExactly(Map.entry("h", "v"));
        assertThat(message.createdAtMillis()).isEqualTo(1);
        assertThat(message.deliverAtMillis()).isEqualTo(2);
        assertThat(message.expiresAtMillis()).isEqualTo(3);
        assertThat(message.priority()).isEqualTo(4);
        assertThat(message.history()).isEqualTo(new History(5, 6, 7));
        assertThat(message.bodyArray()).isSameAs(BODY);
    }

    @Test
    void a_plain_message_has_nothing_but_its_id() {
        Message message = Message.builder("id").build();

        assertThat(message.key()).isEmpty();
        assertThat(message.type()).isEmpty();
        assertThat(message.contentType()).isEmpty();
        assertThat(message.correlationId()).isEmpty();
        assertThat(message.causationId()).isEmpty();
        assertThat(message.replyTo()).isEmpty();
        assertThat(message.headers()).isEmpty();
        assertThat(message.bodyArray()).isEmpty();
        assertThat(message.history()).isEqualTo(History.NONE);
        assertThat(message.size()).isEqualTo(2);
    }

    @Test
    void a_copy_holds_the_same_until_it_is_changed() {
        Message message = full();

        assertThat(message.toBuilder().build()).usingRecursiveComparison().isEqualTo(message);
        assertThat(message.toBuilder().build().bodyArray()).isSameAs(BODY);
        Message changed = message.toBuilder().id("other").key(null).build();
        assertThat(changed.id()).isEqualTo("other");
        assertThat(changed.key()).isEmpty();
        assertThat(message.id()).isEqualTo("id");
    }

    @Test
    void headers_are_copied_in_their_order() {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("z", "1");
        headers.put("a", "2");
        Message message = Message.builder("id").headers(headers).build();
        headers.put("late", "3");

        assertThat(message.headers()).containsExactly(Map.entry("z", "1"), Map.entry("a", "2"));
        assertThat(message.headers()).isUnmodifiable();
    }

    @Test
    void the_body_is_a_view_that_cannot_be_written() {
        Message message = Message.builder("id").body(BODY).build();
        ByteBuffer body = message.body();
        byte first = body.get();

        assertThat(first).isEqualTo((byte) 1);
        assertThat(body.isReadOnly()).isTrue();
        assertThat(message.body().position()).isZero();
    }

    @Test
    void the_size_counts_every_part() {
        assertThat(full().size()).isEqualTo(3 + "idkeytypetext/plaincorrcauseanswershv".length());
    }

    @Test
    void the_text_form_shows_neither_body_nor_header_values() {
        Message message = Message.builder("id")
                .headers(Map.of("h", "hunter"))
                .body("hunter".getBytes(StandardCharsets.UTF_8))
                .build();

        assertThat(message).hasToString("Message[id=id, type=null, key=null, headers=1, bytes=6]");
    }

    @Test
    void refuses_what_no_message_has() {
        Message.Builder builder = Message.builder("id");

        Refused.invalid(() -> Message.builder(" ")).isEqualTo("id is blank");
        Refused.invalid(() -> builder.id(null)).isEqualTo("id is null");
        Refused.invalid(() -> builder.body(null)).isEqualTo("body is null");
        Refused.invalid(() -> builder.headers(null)).isEqualTo("headers is null");
        Refused.invalid(() -> builder.history(null)).isEqualTo("history is null");
        Refused.invalid(() -> new History(-1, 0, 0)).contains("attempts must be 0 or more");
        Refused.invalid(() -> new History(0, -1, 0)).contains("deliveries must be 0 or more");
    }

    private static Message full() {
        return Message.builder("id")
                .key("key")
                .type("type")
                .contentType("text/plain")
                .correlationId("corr")
                .causationId("cause")
                .replyTo("answers")
                .headers(Map.of("h", "v"))
                .createdAtMillis(1)
                .deliverAtMillis(2)
                .expiresAtMillis(3)
                .priority(4)
                .history(new History(5, 6, 7))
                .body(BODY)
                .build();
    }
}
