package io.anyqueue.kafka.internal;

/** How much may be held that was not polled. Set by any thread, read by any. */
final class Window {
    private record Size(int messages, long bytes) {}

    private volatile Size size = new Size(0, 0);

    void set(int messages, long bytes) {
        size = bytes == 0 ? new Size(0, 0) : new Size(messages, bytes);
    }

    boolean isClosed() {
        return size.messages() == 0;
    }

    boolean isFull(int messages, long bytes) {
        Size most = size;
        return messages >= most.messages() || bytes >= most.bytes();
    }

    /** {@return how many messages are too many} */
    int surplus(int messages) {
        return Math.max(0, messages - size.messages());
    }

    /** {@return whether half of it is empty: it is time to fetch again} */
    boolean isLow(int messages, long bytes) {
        Size most = size;
        return most.messages() > 0 && messages <= most.messages() / 2 && bytes <= most.bytes() / 2;
    }
}
