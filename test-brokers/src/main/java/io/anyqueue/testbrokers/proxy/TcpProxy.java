package io.anyqueue.testbrokers.proxy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * A network that breaks when a test wants it to: stands on a port of the loopback interface in front of a server, and of any
 * protocol on TCP. A method that changes something returns when the change holds for all connections. Faults add up until
 * {@link #pass}. Safe for use by many threads; has one thread of its own.
 *
 * <pre>{@code
 * try (TcpProxy proxy = TcpProxy.to(rabbit.host(), rabbit.port())) {
 *     URI uri = rabbit.uri(proxy.port());
 *     proxy.eatReplies(); // the broker gets what is sent, and its confirms are lost
 *     proxy.cut();
 *     proxy.pass();
 * }
 * }</pre>
 */
public final class TcpProxy implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final ProxyLoop loop;
    private final Thread thread;

    private TcpProxy(ProxyLoop loop) {
        this.loop = loop;
        this.thread = new Thread(loop, "tcp-proxy-" + loop.port());
        thread.setDaemon(true);
    }

    /** {@return a proxy to a server, which need not be there yet} */
    public static TcpProxy to(String host, int port) {
        try {
            TcpProxy proxy = new TcpProxy(new ProxyLoop(new InetSocketAddress(host, port)));
            proxy.thread.start();
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException("no proxy to " + host + ":" + port, e);
        }
    }

    /** {@return the port on 127.0.0.1 to which clients connect} */
    public int port() {
        return loop.port();
    }

    /**
     * Heals everything. What a hole held back is delivered now, as a network would after a partition; connections whose replies were
     * eaten are reset, since nobody could make sense of the rest.
     */
    public void pass() {
        inLoop(() -> {
            loop.faults().clear();
            return loop.reset(Link::isSpoilt);
        });
    }

    /** Resets all connections of this moment (RST to both sides); later ones are let through, unless {@link #refuse} came before. */
    public void cut() {
        inLoop(() -> loop.reset(link -> true));
    }

    /**
     * Resets one connection.
     *
     * @param clientPort the client's own port, as {@link #clientPorts} lists them
     * @return whether there was such a connection
     */
    public boolean cut(int clientPort) {
        return inLoop(() -> loop.reset(link -> port(link) == clientPort)) > 0;
    }

    /** Resets new connections as soon as they come, from now on; present ones stay. */
    public void refuse() {
        inLoop(() -> {
            loop.faults().refuse();
            return true;
        });
    }

    /**
     * Lets nothing through in a direction and tells nobody: connections stay open, new ones are accepted, and not even their end is
     * passed on.
     */
    public void hole(Direction direction) {
        inLoop(() -> {
            loop.faults().hole(direction);
            return true;
        });
    }

    /** Passes on what clients send and throws the answers away, until {@link #pass} or {@link #cut} resets such connections. */
    public void eatReplies() {
        inLoop(() -> {
            loop.faults().eatReplies();
            return true;
        });
    }

    /**
     * Holds back each byte for a time, in each direction.
     *
     * @param delay for one direction; an answer takes twice as long. Zero ends it for bytes to come.
     */
    public void delay(Duration delay) {
        inLoop(() -> {
            loop.faults().delay(delay);
            return true;
        });
    }

    /** {@return the clients' own ports of all present connections, the oldest first} */
    public List<Integer> clientPorts() {
        return inLoop(() -> {
            List<Integer> ports = new ArrayList<>();
            loop.links().forEach(link -> ports.add(port(link)));
            return ports;
        });
    }

    private static int port(Link link) {
        try {
            return link.clientPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private <T> T inLoop(Supplier<T> task) {
        if (!thread.isAlive()) {
            throw new IllegalStateException("the proxy is closed");
        }
        try {
            return CompletableFuture.supplyAsync(task, loop).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the proxy did not do it", e);
        }
    }

    /** Resets all connections and ends the thread; does nothing the second time. */
    @Override
    public void close() {
        loop.execute(loop::stop);
        try {
            thread.join(LIMIT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
