package io.anyqueue.conformance.broken;

import io.anyqueue.QueueException;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Receiver;
import io.anyqueue.spi.ReceiverListener;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;

/** A receiver that fetches ahead, as a real broker's would; what that asks for it leaves to its broken subclasses to do wrongly. */
class BufferingReceiver extends ForwardingReceiver {
    final Deque<Delivery> buffer = new ArrayDeque<>();
    private int window;

    BufferingReceiver(Function<ReceiverListener, Receiver> open, ReceiverListener listener) {
        this(open, new Waking(listener));
    }

    private BufferingReceiver(Function<ReceiverListener, Receiver> open, Waking waking) {
        super(open.apply(waking));
        waking.receiver = this;
    }

    /** How much may be fetched ahead. */
    int room(int windowMessages) {
        return windowMessages;
    }

    /** The window was made smaller. */
    void shrink(int windowMessages) {}

    @Override
    public synchronized void window(int messages, long bytes) {
        boolean smaller = messages < window;
        window = messages;
        if (smaller) {
            shrink(messages);
        }
        to.window(messages, bytes);
        fetch();
    }

    private synchronized void fetch() {
        int room = window == 0 ? 0 : room(window) - buffer.size();
        if (room > 0) {
            to.poll(room, Long.MAX_VALUE, this::fetched);
        }
    }

    /** Something was fetched ahead. */
    void fetched(Delivery delivery) {
        buffer.add(delivery);
    }

    @Override
    public synchronized int poll(int max, long maxBytes, Consumer<? super Delivery> into) {
        fetch();
        int count = 0;
        while (count < max && window > 0 && !buffer.isEmpty()) {
            into.accept(buffer.remove());
            count++;
        }
        return count;
    }

    /** Fetches when there is something. */
    private static final class Waking implements ReceiverListener {
        private final ReceiverListener to;
        private volatile BufferingReceiver receiver;

        Waking(ReceiverListener to) {
            this.to = to;
        }

        @Override
        public void readable() {
            receiver.fetch();
            to.readable();
        }

        @Override
        public CompletionStage<Void> revoking(Object shard, long epoch, long untilNanos) {
            return to.revoking(shard, epoch, untilNanos);
        }

        @Override
        public void lost(Object shard, long epoch) {
            to.lost(shard, epoch);
        }

        @Override
        public void state(State state, QueueException why) {
            to.state(state, why);
        }
    }
}
