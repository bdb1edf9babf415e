package io.anyqueue.testbrokers.kafka;

import io.anyqueue.testbrokers.os.FreePorts;
import io.anyqueue.testbrokers.proxy.TcpProxy;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where a node listens.
 *
 * @param id of the node, from 1
 * @param plain for clients and other nodes
 * @param tls for clients
 * @param sasl for clients, with TLS
 * @param controller for the controllers among themselves
 * @param routes for clients that see the node through a proxy
 */
record NodePorts(int id, int plain, int tls, int sasl, int controller, List<Route> routes) {
    /** Each takes a listener of the node, hence a few threads. */
    static final int ROUTES = 3;

    /**
     * A listener that sends its clients to a proxy. The proxy is there before the node, which has to know its port, and as long.
     *
     * @param port on which the node listens
     * @param proxy that leads there
     */
    record Route(int port, TcpProxy proxy) {
        static Route open() {
            int port = FreePorts.next();
            return new Route(port, TcpProxy.to("127.0.0.1", port));
        }
    }

    static NodePorts open(int id) {
        return new NodePorts(
                id,
                FreePorts.next(),
                FreePorts.next(),
                FreePorts.next(),
                FreePorts.next(),
                Stream.generate(Route::open).limit(ROUTES).toList());
    }

    void close() {
        routes.forEach(route -> route.proxy().close());
    }
}
