package io.anyqueue.testbrokers.proxy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A client's connection and the one to the server that belongs to it. Used by the thread of the proxy's loop alone. */
final class Link {
    private static final Logger LOG = LoggerFactory.getLogger(Link.class);

    private final SocketChannel client;
    private final SocketChannel server;
    private final SelectionKey clientKey;
    private final SelectionKey serverKey;
    private final Pipe toServer;
    private final Pipe toClient;

    private Link(SocketChannel client, SocketChannel server, Selector selector, Faults faults) throws IOException {
        this.client = client;
        this.server = server;
        this.clientKey = client.register(selector, 0);
        this.serverKey = server.register(selector, SelectionKey.OP_CONNECT);
        this.toServer = new Pipe(Direction.TO_SERVER, client, server, faults);
        this.toClient = new Pipe(Direction.TO_CLIENT, server, client, faults);
    }

    /** Begins to connect to the server. */
    static Link open(SocketChannel client, SocketAddress target, Selector selector, Faults faults) throws IOException {
        SocketChannel server = SocketChannel.open();
        try {
            prepare(client);
            prepare(server);
            server.connect(target);
            return new Link(client, server, selector, faults);
        } catch (IOException | RuntimeException e) {
            reset(server);
            throw e;
        }
    }

    private static void prepare(SocketChannel channel) throws IOException {
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }

    /** {@return the client's own port} */
    int clientPort() throws IOException {
        return ((InetSocketAddress) client.getRemoteAddress()).getPort();
    }

    boolean isSpoilt() {
        return toServer.isSpoilt() || toClient.isSpoilt();
    }

    /** {@return whether the connection goes on after moving what can be moved now} */
    boolean move(ByteBuffer buffer, long now) {
        try {
            if (!server.isConnected() && !server.finishConnect()) {
                return true;
            }
            toServer.move(buffer, now);
            toClient.move(buffer, now);
            if (toServer.hasEnded() && toClient.hasEnded()) {
                client.close();
                server.close();
                return false;
            }
            clientKey.interestOps(interest(toServer, toClient));
            serverKey.interestOps(interest(toClient, toServer));
            return true;
        } catch (IOException e) {
            LOG.debug("One side is gone, the other is reset: {}", e.toString());
            reset();
            return false;
        }
    }

    private static int interest(Pipe from, Pipe into) {
        return (from.wantsToRead() ? SelectionKey.OP_READ : 0) | (into.wantsToWrite() ? SelectionKey.OP_WRITE : 0);
    }

    long nanosToNext(long now) {
        return Math.min(toServer.nanosToNext(now), toClient.nanosToNext(now));
    }

    /** Ends both connections with RST; what was on its way is lost. */
    void reset() {
        reset(client);
        reset(server);
    }

    static void reset(SocketChannel channel) {
        try {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (IOException e) {
            LOG.debug("Closed without RST: {}", e.toString());
        }
        try {
            channel.close();
        } catch (IOException e) {
            LOG.warn("A connection of the proxy could not be closed", e);
        }
    }
}
