package io.anyqueue.rabbitmq.internal;

import com.rabbitmq.client.LongString;
import com.rabbitmq.client.impl.AMQImpl;
import com.rabbitmq.client.impl.Frame;
import com.rabbitmq.client.impl.LongStringHelper;
import com.rabbitmq.client.impl.Method;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;

/** Opens connections and does nothing else, in the name of any product and version. Has a thread of its own. */
final class FakeServer implements AutoCloseable {
    private static final LongString TEXT = LongStringHelper.asLongString("PLAIN");

    private final ServerSocket listener;
    private final Map<String, Object> properties;
    private final int frameMax;

    FakeServer(String product, String version, int frameMax) throws IOException {
        this.listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        this.properties = Map.of("product", product, "version", version);
        this.frameMax = frameMax;
        Thread thread = new Thread(this::serve, "fake-server");
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return listener.getLocalPort();
    }

    private void serve() {
        try (Socket client = listener.accept()) {
            DataInputStream in = new DataInputStream(client.getInputStream());
            DataOutputStream out = new DataOutputStream(client.getOutputStream());
            in.readNBytes(8);
            send(out, new AMQImpl.Connection.Start(0, 9, properties, TEXT, TEXT));
            read(in);
            send(out, new AMQImpl.Connection.Tune(0, frameMax, 0));
            read(in);
            read(in);
            send(out, new AMQImpl.Connection.OpenOk(""));
            read(in);
        } catch (IOException e) {
            // The client went away, or the test did.
        }
    }

    private static void send(DataOutputStream out, Method method) throws IOException {
        method.toFrame(0).writeTo(out);
        out.flush();
    }

    private static void read(DataInputStream in) throws IOException {
        Frame.readFrom(in, () -> 1_000_000);
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
