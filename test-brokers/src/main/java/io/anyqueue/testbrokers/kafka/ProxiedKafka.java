package io.anyqueue.testbrokers.kafka;

import io.anyqueue.testbrokers.proxy.TcpProxy;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A {@link Kafka} behind a network that breaks when a test wants it to: one {@link TcpProxy} per node. The nodes send clients that come
 * this way to the proxies, so that all their later connections take it too. Safe for use by many threads.
 */
public final class ProxiedKafka implements AutoCloseable {
    private final List<TcpProxy> proxies;
    private final Runnable giveBack;
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * Makes one.
     *
     * @param proxies of the nodes, with the lowest id first
     * @param giveBack called once, when nobody uses the proxies any more
     */
    ProxiedKafka(List<TcpProxy> proxies, Runnable giveBack) {
        this.proxies = List.copyOf(proxies);
        this.giveBack = giveBack;
    }

    /** {@return the bootstrap servers, without TLS and login} */
    public String bootstrap() {
        return Kafka.join(proxies.stream().map(TcpProxy::port));
    }

    /** {@return the proxy of the only node} */
    public TcpProxy proxy() {
        if (proxies.size() != 1) {
            throw new IllegalStateException("there are " + proxies.size() + " nodes; say which: proxy(id)");
        }
        return proxies.get(0);
    }

    /** {@return the proxy of a node} */
    public TcpProxy proxy(int nodeId) {
        return proxies.get(nodeId - 1);
    }

    /** {@return the proxies of all nodes, with the lowest id first} */
    public List<TcpProxy> proxies() {
        return proxies;
    }

    /** Resets all connections and ends all faults, for the next who takes this way; does nothing the second time. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            proxies.forEach(proxy -> {
                proxy.cut();
                proxy.pass();
            });
            giveBack.run();
        }
    }
}
