package io.anyqueue.core;

import static io.anyqueue.core.Eventually.eventually;
import static io.anyqueue.core.Eventually.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.ClientOptions;
import io.anyqueue.DeadLetter;
import io.anyqueue.ErrorCode;
import io.anyqueue.IdempotencyStore;
import io.anyqueue.MessageContext;
import io.anyqueue.MessageQueue;
import io.anyqueue.MessageTopic;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueSpec;
import io.anyqueue.RetryPolicy;
import io.anyqueue.spi.Codec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What handlers get to see, and what becomes of what they send (rules RTY-2, RTY-3, IDM-1, ORD-1). */
class HandlersViewTest {
    private static final QueueSpec<String> NOTES = QueueSpec.of("notes", String.class);

    private final FaultyBroker broker = FaultyBroker.create();
    private final QueueClient client =
            QueueClient.connect(ClientOptions.of("inmemory:").use(broker).use(new DocCodec()));
    private final Queue<String> handled = new ConcurrentLinkedQueue<>();

    @AfterEach
    void close() {
        client.close();
        broker.close();
    }

    private record Doc(String text) {}

    /** The text is the body; some texts are decoded badly. */
    private static final class DocCodec implements Codec {
        @Override
        public String contentType() {
            return "text/x-doc";
        }

        @Override
        public boolean supports(Class<?> type) {
            return type == Doc.class;
        }

        @Override
        public int priority() {
            return 1;
        }

        @Override
        public byte[] encode(Object payload) {
            return ((Doc) payload).text().getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public <T> T decode(byte[] body, Class<T> type) {
            String text = new String(body, StandardCharsets.UTF_8);
            if (text.equals("deep")) {
                throw new StackOverflowError("nested too deep");
            }
            return text.equals("null") ? null : type.cast(new Doc(text));
        }
    }

    private void isUndecodableAndItsKeyGoesOn(String text) {
        MessageQueue<Doc> queue = client.queue(QueueSpec.of("docs", Doc.class).orderedBy(doc -> "one key"));
        queue.send(new Doc(text));
        queue.send(new Doc("good"));
        queue.consume(doc -> handled.add(doc.text()));
        eventually(() -> assertThat(handled).containsExactly("good"));
        assertThat(queue.deadLetters().list()).extracting(DeadLetter::reason).containsExactly("UNDECODABLE");
    }

    @Test
    void RTY_2_a_body_that_overflows_the_stack_of_its_codec_is_dead_lettered() {
        isUndecodableAndItsKeyGoesOn("deep");
    }

    @Test
    void RTY_2_a_body_that_is_decoded_to_null_is_dead_lettered_before_any_handler_sees_it() {
        isUndecodableAndItsKeyGoesOn("null");
    }

    @Test
    void IDM_1_what_handlers_of_two_subscriptions_send_for_one_event_are_two_messages() {
        MessageTopic<String> events = client.topic("events", String.class);
        for (String name : List.of("mail", "sms")) {
            events.subscription(name)
                    .consumer()
                    .idempotent(IdempotencyStore.inMemory())
                    .start((event, context) -> context.send(NOTES, name + " " + event));
        }
        client.queue(NOTES).consume(handled::add);
        events.send("placed");
        eventually(() -> assertThat(handled).containsExactlyInAnyOrder("mail placed", "sms placed"));
    }

    @Test
    void RTY_3_a_context_that_is_used_after_its_handler_returned_says_so() {
        AtomicReference<MessageContext> kept = new AtomicReference<>();
        MessageQueue<String> queue = client.queue("orders", String.class);
        queue.consume((payload, context) -> kept.set(context));
        queue.send("x");
        eventually(() -> assertThat(broker.receiving.acknowledged).hasValue(1));
        refused(ErrorCode.INVALID_ARGUMENT, () -> kept.get().send(NOTES, "late"));
    }

    @Test
    void RTY_3_a_retry_in_place_sees_the_payload_as_it_was_sent() {
        MessageQueue<byte[]> queue = client.queue("bytes", byte[].class);
        queue.consumer().retry(RetryPolicy.none().attempts(2).inPlace(1)).start(bytes -> {
            handled.add("" + bytes[0]);
            bytes[0] = 0;
            throw new IllegalStateException("again");
        });
        queue.send(new byte[] {7});
        eventually(() -> assertThat(handled).containsExactly("7", "7"));
    }
}
