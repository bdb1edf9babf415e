package io.anyqueue.inmemory.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the state machine is made of may later be replicated: nothing in it may know threads, clocks or chance. */
class PurityTest {
    private static final List<String> IMPURE = List.of(
            "java.util.concurrent",
            "currentTimeMillis",
            "nanoTime",
            "Instant.now",
            "java.util.Random",
            "identityHashCode",
            "IdentityHashMap",
            "synchronized",
            "TimeSource",
            "ReceiverListener");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "BrokerState", "Source", "Topic", "Destination", "Definition", "Bounds", "RecentIds", "Effects",
                "Outcome", "Entry", "EntryList", "Receipt", "Holder", "Waiters", "Ready", "FifoReady",
                "KeyedReady", "Lane", "LaneList"
            })
    void the_state_machine_is_pure(String type) throws IOException {
        String source = Files.readString(Path.of("src/main/java/io/anyqueue/inmemory/internal", type + ".java"));
        assertThat(source).doesNotContain(IMPURE);
    }
}
