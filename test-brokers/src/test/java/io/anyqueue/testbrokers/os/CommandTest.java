package io.anyqueue.testbrokers.os;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CommandTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Test
    void returnsWhatTheProgramWrites() {
        Command command =
                new Command(List.of("sh", "-c", "echo $WORD; echo wrong >&2"), Map.of("WORD", "right"), LIMIT);
        assertThat(command.run()).isEqualTo("right\nwrong\n");
    }

    @Test
    void failsWithTheOutputOfAProgramThatFails() {
        assertThatThrownBy(
                        () -> Command.of(LIMIT, "sh", "-c", "echo why; exit 3").run())
                .isInstanceOf(CommandFailedException.class)
                .hasMessageContaining("status 3")
                .hasMessageContaining("why");
    }

    @Test
    void failsIfThereIsNoSuchProgram() {
        assertThatThrownBy(() -> Command.of(LIMIT, "no-such-program").run())
                .isInstanceOf(CommandFailedException.class)
                .hasMessageContaining("no-such-program");
    }

    @Test
    void killsAProgramThatTakesTooLong() {
        assertThatThrownBy(() -> Command.of(Duration.ofSeconds(1), "tail", "-f", "/dev/null")
                        .run())
                .isInstanceOf(CommandFailedException.class)
                .hasMessageContaining("longer than 1 s");
    }
}
