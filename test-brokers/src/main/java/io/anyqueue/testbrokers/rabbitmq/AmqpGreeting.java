package io.anyqueue.testbrokers.rabbitmq;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The first words of AMQP 0-9-1, by which a server shows that it answers and what version it is. */
final class AmqpGreeting {
    private static final byte[] HEADER = {'A', 'M', 'Q', 'P', 0, 0, 9, 1};
    private static final int METHOD_FRAME = 1;
    private static final int MOST_BYTES = 128 * 1024;

    /** A long string of the server's properties: name, type, four bytes of length, text. */
    private static final Pattern VERSION = Pattern.compile("\\x07versionS\\x00\\x00\\x00.([0-9][0-9A-Za-z.+-]*)");

    private AmqpGreeting() {}

    /**
     * Opens a connection, hears what the server says first, and closes it.
     *
     * @param limit for the connection and for each answer
     * @return the version that the server says it has
     */
    static String version(String host, int port, Duration limit) throws IOException {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout((int) limit.toMillis());
            socket.connect(new InetSocketAddress(host, port), (int) limit.toMillis());
            socket.getOutputStream().write(HEADER);
            DataInputStream answer = new DataInputStream(socket.getInputStream());
            int type = answer.readUnsignedByte();
            answer.readUnsignedShort();
            int size = answer.readInt();
            if (type != METHOD_FRAME || size < 0 || size > MOST_BYTES) {
                throw new ProtocolException(host + ":" + port + " does not speak AMQP 0-9-1");
            }
            byte[] start = new byte[size];
            answer.readFully(start);
            Matcher matcher = VERSION.matcher(new String(start, StandardCharsets.ISO_8859_1));
            return matcher.find() ? matcher.group(1) : "unknown";
        }
    }
}
