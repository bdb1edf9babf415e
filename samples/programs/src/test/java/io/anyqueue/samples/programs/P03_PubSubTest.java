package io.anyqueue.samples.programs;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.MessageTopic;
import io.anyqueue.QueueClient;
import io.anyqueue.samples.programs.P03_PubSub.OrderEvent;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class P03_PubSubTest {
    @Test
    void eachSubscriptionGetsTheEventAndTheProgramEndsWhenAsked() throws Exception {
        try (Program program = Program.start(P03_PubSub.class, "inmemory:")) {
            program.awaitLines("Placed[id=42]", "mail 42");
            program.terminate();
            assertThat(program.lines()).containsOnlyOnce("Placed[id=42]", "mail 42");
        }
    }

    @Test
    void mailIgnoresWhatIsNotPlaced() throws Throwable {
        try (Output output = new Output();
                QueueClient sender = QueueClient.connect("inmemory:p03")) {
            MessageTopic<OrderEvent> events = sender.topic(P03_PubSub.EVENTS);
            Running.during(Map.of("anyqueue.url", "inmemory:p03"), P03_PubSub::main, () -> {
                Waiting.until(() -> output.lines().contains("mail 42"));
                events.send(new OrderEvent.Cancelled("7"));
                events.send(new OrderEvent.Placed("43"));
                Waiting.until(() -> output.lines().containsAll(List.of("mail 43", "Placed[id=43]")));
            });
            assertThat(output.lines()).contains("Cancelled[id=7]").doesNotContain("mail 7");
            assertThat(events.subscription("mail").deadLetters().list()).isEmpty();
        }
    }
}
