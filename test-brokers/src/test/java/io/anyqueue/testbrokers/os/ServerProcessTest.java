package io.anyqueue.testbrokers.os;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anyqueue.testbrokers.os.ServerProcess.Program;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ServerProcessTest {
    private final Workspace workspace = Workspace.create("test");

    @AfterEach
    void close() {
        workspace.close();
    }

    private ServerProcess server(String script) {
        return new ServerProcess(
                workspace,
                new Program(
                        "The server",
                        List.of("sh", "-c", script),
                        Map.of("PATH", "/usr/bin:/bin"),
                        workspace.folder().resolve("log"),
                        "ready"));
    }

    @Test
    void hasStartedWhenItSaysSoEachTime() {
        ServerProcess server = server("echo ready; exec tail -f /dev/null");
        server.start();
        assertThatThrownBy(server::start).hasMessage("The server runs already; kill() or stop() it first");
        server.kill();
        assertThat(server.isAlive()).isFalse();
        assertThatThrownBy(server::kill).hasMessage("The server does not run; start() it first");
        server.start();
        assertThat(server.isAlive()).isTrue();
    }

    @Test
    void saysWhatAServerSaidThatDidNotStart() {
        assertThatThrownBy(() -> server("echo no memory; exit 1").start())
                .hasMessageContaining("The server ended while it started")
                .hasMessageContaining("no memory");
    }

    @Test
    void stopsAndKillsAHaltedServer() {
        ServerProcess server = server("echo ready; exec tail -f /dev/null");
        server.start();
        server.suspend();
        server.stop();
        server.start();
        server.suspend();
        server.kill();
        assertThat(server.isAlive()).isFalse();
    }
}
