package io.anyqueue.benchmarks;

import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.function.Consumer;
import org.jctools.queues.MpmcArrayQueue;

/** A bare queue of references: no broker, no acknowledgement, nothing that could be done again. */
final class QueueLane implements Lane {
    private static final int CAPACITY = 16 * 1024;
    private static final byte[] END = new byte[0];

    private final String name;
    private final Put put;
    private final Thread taker;

    private QueueLane(String name, Put put, Take take, Consumer<byte[]> handler) {
        this.name = name;
        this.put = put;
        this.taker = new Thread(() -> run(take, handler), "taker");
        taker.start();
    }

    private interface Put {
        void put(byte[] body) throws InterruptedException;
    }

    private interface Take {
        byte[] take() throws InterruptedException;
    }

    static Lane linkedTransferQueue(Consumer<byte[]> handler) {
        BlockingQueue<byte[]> queue = new LinkedTransferQueue<>();
        return new QueueLane("LinkedTransferQueue", queue::put, queue::take, handler);
    }

    static Lane arrayBlockingQueue(Consumer<byte[]> handler) {
        BlockingQueue<byte[]> queue = new ArrayBlockingQueue<>(CAPACITY);
        return new QueueLane("ArrayBlockingQueue", queue::put, queue::take, handler);
    }

    static Lane mpmcArrayQueue(Consumer<byte[]> handler) {
        Queue<byte[]> queue = new MpmcArrayQueue<>(CAPACITY);
        return new QueueLane("JCTools MPMC", body -> spinPut(queue, body), () -> spinTake(queue), handler);
    }

    private static void spinPut(Queue<byte[]> queue, byte[] body) {
        while (!queue.offer(body)) {
            Thread.onSpinWait();
        }
    }

    private static byte[] spinTake(Queue<byte[]> queue) {
        byte[] body = queue.poll();
        while (body == null) {
            Thread.onSpinWait();
            body = queue.poll();
        }
        return body;
    }

    private static void run(Take take, Consumer<byte[]> handler) {
        try {
            for (byte[] body = take.take(); body != END; body = take.take()) {
                handler.accept(body);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void send(byte[] body) throws InterruptedException {
        put.put(body);
    }

    @Override
    public void close() {
        try {
            put.put(END);
            taker.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
