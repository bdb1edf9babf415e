package io.anyqueue.testbrokers.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anyqueue.testbrokers.os.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class TcpProxyTest {
    private static final int LONG_MILLIS = 20_000;
    /** For what must not come: long enough to see it come. */
    private static final int SHORT_MILLIS = 200;

    private final EchoServer server = new EchoServer();
    private final TcpProxy proxy = TcpProxy.to("127.0.0.1", server.port());

    @AfterEach
    void close() throws Exception {
        proxy.close();
        server.close();
    }

    @Test
    void passesBytesBothWays() throws Exception {
        try (Socket client = connect()) {
            assertThat(ask(client, 7)).isEqualTo(7);
            assertThat(ask(client, 8)).isEqualTo(8);
        }
    }

    @Test
    void passesMoreThanItHoldsAtOnce() throws Exception {
        byte[] much = new byte[3 * 1024 * 1024];
        for (int i = 0; i < much.length; i++) {
            much[i] = (byte) ((i * 31) >> 3);
        }
        try (Socket client = connect()) {
            Thread writer = new Thread(() -> {
                try {
                    client.getOutputStream().write(much);
                    client.shutdownOutput();
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            writer.start();
            assertThat(client.getInputStream().readAllBytes()).isEqualTo(much);
            writer.join();
        }
    }

    @Test
    void passesTheEndOfAConnectionOn() throws Exception {
        try (Socket client = connect()) {
            ask(client, 1);
            client.shutdownOutput();
            assertThat(received()).isEqualTo(1);
            assertThat(received()).isEqualTo(-1);
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void cutResetsBothSidesAndLetsNewConnectionsIn() throws Exception {
        try (Socket client = connect()) {
            ask(client, 1);
            proxy.cut();
            assertReset(client);
            assertThat(received()).isEqualTo(1);
            assertThat(received()).isEqualTo(-2);
        }
        try (Socket again = connect()) {
            assertThat(ask(again, 2)).isEqualTo(2);
        }
    }

    @Test
    void cutOfOneConnectionSparesTheOthers() throws Exception {
        try (Socket first = connect();
                Socket second = connect()) {
            ask(first, 1);
            ask(second, 2);
            assertThat(proxy.clientPorts()).containsExactly(first.getLocalPort(), second.getLocalPort());

            assertThat(proxy.cut(first.getLocalPort())).isTrue();

            assertReset(first);
            assertThat(ask(second, 3)).isEqualTo(3);
            assertThat(proxy.cut(first.getLocalPort())).isFalse();
        }
    }

    @Test
    void refusesNewConnectionsUntilHealed() throws Exception {
        try (Socket present = connect()) {
            ask(present, 1);
            proxy.refuse();
            assertRefused();
            assertThat(ask(present, 2)).isEqualTo(2);

            proxy.pass();
            try (Socket later = connect()) {
                assertThat(ask(later, 3)).isEqualTo(3);
            }
        }
    }

    @Test
    void refusesWhileThereIsNoServer() throws Exception {
        try (TcpProxy toNobody = TcpProxy.to("127.0.0.1", FreePorts.next())) {
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), toNobody.port())) {
                assertReset(client);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aHoleLetsNothingThroughAndDeliversItWhenHealed(Direction direction) throws Exception {
        try (Socket client = connect()) {
            ask(client, 1);
            received();
            proxy.hole(direction);

            client.getOutputStream().write(2);
            assertSilent(client);
            if (direction == Direction.TO_CLIENT) {
                assertThat(received()).isEqualTo(2);
            } else {
                assertThat(server.received).isEmpty();
            }

            proxy.pass();
            assertThat(read(client)).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aHoleHidesTheEndOfAConnection(boolean abrupt) throws Exception {
        try (Socket client = connect()) {
            ask(client, 1);
            received();
            proxy.hole(Direction.BOTH);
            client.setSoLinger(abrupt, 0);
        }
        assertThat(server.received.poll(SHORT_MILLIS, TimeUnit.MILLISECONDS)).isNull();

        proxy.pass();
        assertThat(received()).isEqualTo(abrupt ? -2 : -1);
    }

    @Test
    void aHoleSwallowsNewConnections() throws Exception {
        proxy.hole(Direction.BOTH);
        try (Socket client = connect()) {
            client.getOutputStream().write(1);
            assertSilent(client);
        }
    }

    @Test
    void eatsRepliesAndResetsSuchConnectionsWhenHealed() throws Exception {
        try (Socket hungry = connect()) {
            ask(hungry, 1);
            received();
            proxy.eatReplies();
            hungry.getOutputStream().write(2);
            assertThat(received()).isEqualTo(2);
            assertSilent(hungry);

            proxy.pass();
            assertReset(hungry);
        }
    }

    @Test
    void connectionsThatLostNoReplyOutliveTheHealing() throws Exception {
        try (Socket quiet = connect()) {
            ask(quiet, 1);
            proxy.eatReplies();
            proxy.pass();
            assertThat(ask(quiet, 2)).isEqualTo(2);
        }
    }

    @Test
    void delaysEachDirection() throws Exception {
        try (Socket client = connect()) {
            ask(client, 1);
            proxy.delay(Duration.ofMillis(150));
            long start = System.nanoTime();
            assertThat(ask(client, 2)).isEqualTo(2);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
        }
    }

    @Test
    void closeResetsConnectionsAndLeavesNoThread() throws Exception {
        try (Socket client = connect()) {
            ask(client, 1);
            proxy.close();
            assertReset(client);
            assertThat(Thread.getAllStackTraces().keySet())
                    .extracting(Thread::getName)
                    .doesNotContain("tcp-proxy-" + proxy.port());
            assertThatThrownBy(proxy::cut).hasMessageContaining("closed");
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        socket.setSoTimeout(LONG_MILLIS);
        return socket;
    }

    private static int ask(Socket client, int word) throws IOException {
        client.getOutputStream().write(word);
        return read(client);
    }

    private static int read(Socket client) throws IOException {
        client.setSoTimeout(LONG_MILLIS);
        return client.getInputStream().read();
    }

    private int received() throws InterruptedException {
        Integer next = server.received.poll(LONG_MILLIS, TimeUnit.MILLISECONDS);
        assertThat(next).as("what the server gets").isNotNull();
        return next;
    }

    private static void assertSilent(Socket client) throws IOException {
        client.setSoTimeout(SHORT_MILLIS);
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
    }

    private static void assertReset(Socket client) throws IOException {
        client.setSoTimeout(LONG_MILLIS);
        assertThatThrownBy(() -> client.getInputStream().read())
                .isInstanceOf(SocketException.class)
                .hasMessageContaining("reset");
    }

    private void assertRefused() {
        assertThatThrownBy(() -> {
                    try (Socket client = connect()) {
                        client.getInputStream().read();
                    }
                })
                .isInstanceOf(SocketException.class);
    }
}
