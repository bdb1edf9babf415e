package io.anyqueue.samples.programs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class P01_HelloTest {
    @Test
    void shipsTheOrderAndEndsWhenAsked() throws Exception {
        try (Program program = Program.start(P01_Hello.class, "inmemory:")) {
            program.awaitLines("shipping 42");
            program.terminate();
            assertThat(program.lines()).containsOnlyOnce("shipping 42");
        }
    }
}
