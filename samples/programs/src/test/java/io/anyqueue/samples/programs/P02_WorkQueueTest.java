package io.anyqueue.samples.programs;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.MessageQueue;
import io.anyqueue.Outgoing;
import io.anyqueue.QueueClient;
import io.anyqueue.samples.programs.P02_WorkQueue.Resize;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class P02_WorkQueueTest {
    private static final Map<String, String> SETTINGS = Map.of("anyqueue.url", "inmemory:p02");

    @Test
    void handlesEachMessageOnceAndLeavesTheRestWhenItEnds() throws Throwable {
        List<Outgoing<Resize>> images = IntStream.range(0, 200)
                .mapToObj(i -> Outgoing.of(new Resize("image-" + i)))
                .toList();
        try (Output output = new Output();
                QueueClient sender = QueueClient.connect("inmemory:p02")) {
            MessageQueue<Resize> queue = sender.queue("resize", Resize.class);
            Running.during(SETTINGS, P02_WorkQueue::main, () -> {
                queue.sendAll(images);
                Waiting.until(() -> output.lines().size() >= images.size());
            });
            assertThat(output.lines())
                    .doesNotHaveDuplicates()
                    .hasSize(images.size())
                    .allMatch(line -> line.startsWith("resizing image-"));

            queue.send(new Resize("late"));
            assertThat(output.lines()).doesNotContain("resizing late");
            Running.during(
                    SETTINGS,
                    P02_WorkQueue::main,
                    () -> Waiting.until(() -> output.lines().contains("resizing late")));
        }
    }

    @Test
    void takesItsBrokerFromTheEnvironmentAndEndsWhenAsked() throws Exception {
        try (Program program = Program.start(P02_WorkQueue.class, "inmemory:")) {
            Waiting.until(() -> program.lines().stream().anyMatch(line -> line.contains("declared resize")));
            program.terminate();
        }
    }
}
