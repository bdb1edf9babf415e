package io.anyqueue.rabbitmq.internal;

import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.MetricsCollector;
import com.rabbitmq.client.WriteListener;
import com.rabbitmq.client.impl.AMQConnection;
import com.rabbitmq.client.impl.ConnectionParams;
import com.rabbitmq.client.impl.Frame;
import com.rabbitmq.client.impl.FrameHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketException;

/**
 * Makes connections that take frames larger than agreed. The server sends them: it adds a header to a message that it hands out
 * again, whose headers may have filled their frame, and it does not look at this client's limit. The library ends the connection
 * then, the message comes again on the next, and nothing at all would be consumed any more. What is sent keeps to the limit.
 * A thread can put flushes off, see {@link Flushes}.
 */
final class TolerantFactory extends ConnectionFactory {
    private final int maxInboundBytes;

    TolerantFactory(int maxInboundBytes) {
        this.maxInboundBytes = maxInboundBytes;
        setMaxInboundMessageBodySize(maxInboundBytes);
    }

    @Override
    protected AMQConnection createConnection(ConnectionParams params, FrameHandler frames, MetricsCollector metrics) {
        return super.createConnection(params, new Tolerant(frames, maxInboundBytes), metrics);
    }

    /** Passes everything on but the limit, and flushes that are put off. */
    private record Tolerant(FrameHandler frames, int maxInboundBytes) implements FrameHandler {
        @Override
        public void setFrameMax(int agreed) {
            frames.setFrameMax(maxInboundBytes);
        }

        @Override
        public boolean internalHearbeat() {
            return frames.internalHearbeat();
        }

        @Override
        public void setTimeout(int millis) throws SocketException {
            frames.setTimeout(millis);
        }

        @Override
        public int getTimeout() throws SocketException {
            return frames.getTimeout();
        }

        @Override
        public void sendHeader() throws IOException {
            frames.sendHeader();
        }

        @Override
        public void initialize(AMQConnection connection) {
            frames.initialize(connection);
        }

        @Override
        public void startProcessing() {
            frames.startProcessing();
        }

        @Override
        public void finishConnectionNegotiation() {
            frames.finishConnectionNegotiation();
        }

        @Override
        public Frame readFrame() throws IOException {
            return frames.readFrame();
        }

        @Override
        public void writeFrame(Frame frame) throws IOException {
            frames.writeFrame(frame);
        }

        @Override
        public void flush(WriteListener listener) throws IOException {
            if (!Flushes.ofThread().isPutOff(frames)) {
                frames.flush(listener);
            }
        }

        @Override
        public void close() {
            frames.close();
        }

        @Override
        public InetAddress getLocalAddress() {
            return frames.getLocalAddress();
        }

        @Override
        public int getLocalPort() {
            return frames.getLocalPort();
        }

        @Override
        public InetAddress getAddress() {
            return frames.getAddress();
        }

        @Override
        public int getPort() {
            return frames.getPort();
        }
    }
}
