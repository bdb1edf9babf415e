package io.anyqueue.testbrokers.os;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.testbrokers.ChildJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class WorkspaceTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Map<String, String> ENVIRONMENT = Map.of("PATH", "/usr/bin:/bin", "WORD", "hello");

    /** Does nothing until it is killed. */
    private static OsProcess startIdle(Workspace workspace) {
        return workspace.start(
                "idle",
                List.of("tail", "-f", "/dev/null"),
                ENVIRONMENT,
                workspace.folder().resolve("log"));
    }

    @Test
    void runsProgramsWithAnEnvironmentAndALogOfTheirOwn() {
        try (Workspace workspace = Workspace.create("test")) {
            Path file = workspace.folder().resolve("log");
            LogTail log = LogTail.from(file);
            OsProcess process =
                    workspace.start("echo", List.of("sh", "-c", "echo $WORD $HOME.; pwd"), ENVIRONMENT, file);
            Await.until(LIMIT, () -> !process.isAlive(), () -> "the end of echo");
            assertThat(log.end()).isEqualTo("hello .\n" + workspace.folder() + "\n");
            assertThat(LogTail.from(file).end()).isEmpty();
        }
    }

    @Test
    void sendsSignals() {
        try (Workspace workspace = Workspace.create("test")) {
            OsProcess process = startIdle(workspace);
            process.suspend();
            Await.until(LIMIT, () -> state(process).startsWith("T"), () -> "halted, but is " + state(process));
            process.resume();
            Await.until(LIMIT, () -> state(process).startsWith("S"), () -> "running, but is " + state(process));
            process.terminate(LIMIT);
            assertThat(process.isAlive()).isFalse();
        }
    }

    @Test
    void closeKillsWhatRunsAndDeletesTheFolder() {
        Workspace workspace = Workspace.create("test");
        OsProcess running = startIdle(workspace);
        OsProcess halted = startIdle(workspace);
        halted.suspend();
        Await.until(LIMIT, () -> notes(workspace) == 2, () -> "both are noted");

        workspace.close();

        Await.until(LIMIT, () -> !running.isAlive() && !halted.isAlive(), () -> "the end of both");
        assertThat(workspace.folder()).doesNotExist();
        workspace.close();
    }

    @Test
    void forgetsProcessesThatHaveEnded() {
        try (Workspace workspace = Workspace.create("test")) {
            startIdle(workspace).kill();
            Await.until(LIMIT, () -> notes(workspace) == 0, () -> "no note is left");
        }
    }

    @Test
    void aKilledJvmLeavesNothing() throws Exception {
        try (ChildJvm child = ChildJvm.start(Child.class, Map.of())) {
            Path folder = Path.of(child.line());
            ProcessHandle idle = ProcessHandle.of(Long.parseLong(child.line())).orElseThrow();
            assertThat(idle.isAlive()).isTrue();

            child.kill();

            Await.until(LIMIT, () -> !idle.isAlive(), () -> "the end of the child's process");
            Await.until(LIMIT, () -> !Files.exists(folder), () -> folder + " is gone");
        }
    }

    /** Runs in the other JVM. */
    static final class Child {
        private Child() {}

        public static void main(String[] args) throws Exception {
            Workspace workspace = Workspace.create("test");
            OsProcess idle = startIdle(workspace);
            System.out.println(workspace.folder());
            System.out.println(idle.pid());
            Thread.currentThread().join();
        }
    }

    private static int notes(Workspace workspace) {
        String[] names = workspace.folder().resolve("pids").toFile().list();
        return names == null ? -1 : names.length;
    }

    private static String state(OsProcess process) {
        return Command.of(LIMIT, "ps", "-o", "state=", "-p", Long.toString(process.pid()))
                .run();
    }
}
