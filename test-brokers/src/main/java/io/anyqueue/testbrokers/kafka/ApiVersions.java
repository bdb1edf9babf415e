package io.anyqueue.testbrokers.kafka;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.time.Duration;

/** The first question of every Kafka client, by which a node shows that it answers. */
final class ApiVersions {
    private static final int KEY = 18;
    private static final int CORRELATION = 7;
    /** Key, version, correlation, a client's name that is null; version 0 has nothing else. */
    private static final int REQUEST_BYTES = 2 + 2 + 4 + 2;

    private ApiVersions() {}

    /**
     * Opens a connection, asks, and closes it.
     *
     * @param limit for the connection and for the answer
     * @throws IOException if no sensible answer comes
     */
    static void ask(String host, int port, Duration limit) throws IOException {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout((int) limit.toMillis());
            socket.connect(new InetSocketAddress(host, port), (int) limit.toMillis());
            DataOutputStream request = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
            request.writeInt(REQUEST_BYTES);
            request.writeShort(KEY);
            request.writeShort(0);
            request.writeInt(CORRELATION);
            request.writeShort(-1);
            request.flush();
            DataInputStream answer = new DataInputStream(socket.getInputStream());
            answer.readInt();
            if (answer.readInt() != CORRELATION || answer.readShort() != 0) {
                throw new ProtocolException(host + ":" + port + " does not speak Kafka's protocol without TLS");
            }
        }
    }
}
