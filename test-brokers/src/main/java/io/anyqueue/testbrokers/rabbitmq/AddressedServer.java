package io.anyqueue.testbrokers.rabbitmq;

import io.anyqueue.testbrokers.Switches;
import java.net.URI;
import java.util.List;

/** A server that somebody else runs: only its address is known. */
final class AddressedServer implements Server {
    private static final int DEFAULT_PORT = 5672;

    private final URI uri;

    AddressedServer(String address) {
        this.uri = complete(address);
    }

    private static URI complete(String address) {
        URI uri = URI.create(address.strip());
        if (!"amqp".equals(uri.getScheme()) || uri.getHost() == null) {
            throw new IllegalArgumentException(Switches.addressName(RabbitMq.NAME)
                    + " is not of the form amqp://user:password@host:port/%2F; leave it out to have a server started");
        }
        String user = uri.getRawUserInfo() == null ? "guest:guest" : uri.getRawUserInfo();
        int port = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
        String path = uri.getRawPath().length() <= 1 ? "/%2F" : uri.getRawPath();
        return URI.create("amqp://" + user + "@" + uri.getHost() + ":" + port + path);
    }

    @Override
    public URI uri() {
        return uri;
    }

    @Override
    public boolean isControlled() {
        return false;
    }

    @Override
    public int tlsPort() {
        throw impossible("its port for TLS is not known");
    }

    @Override
    public void start() {
        throw impossible("it cannot be started");
    }

    @Override
    public void stop() {
        throw impossible("it cannot be stopped");
    }

    @Override
    public void kill() {
        throw impossible("it cannot be killed");
    }

    @Override
    public void suspend() {
        throw impossible("it cannot be halted");
    }

    @Override
    public void resume() {
        throw impossible("it cannot be halted");
    }

    @Override
    public String ctl(List<String> arguments) {
        throw impossible("rabbitmqctl cannot reach it");
    }

    private static UnsupportedOperationException impossible(String what) {
        return Switches.notOurs(RabbitMq.NAME, what);
    }

    @Override
    public void close() {
        // It is not ours.
    }
}
