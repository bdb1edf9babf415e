package io.anyqueue.testbrokers.proxy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Moves the bytes of all connections of a proxy. One thread runs it and the tasks handed to it. */
final class ProxyLoop implements Runnable, Executor {
    /** More would be a client that opens connections without end. */
    static final int MOST_LINKS = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(ProxyLoop.class);

    private final InetSocketAddress target;
    private final Selector selector;
    private final ServerSocketChannel listener;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(64 * 1024);
    private final List<Link> links = new ArrayList<>();
    private final Faults faults = new Faults();
    private boolean stopped;

    ProxyLoop(InetSocketAddress target) throws IOException {
        this.target = target;
        this.selector = Selector.open();
        this.listener = ServerSocketChannel.open();
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
    }

    int port() {
        return listener.socket().getLocalPort();
    }

    /** Has the loop's thread run a task. */
    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        selector.wakeup();
    }

    @Override
    public void run() {
        try {
            while (!stopped) {
                selector.select(millisToNext());
                selector.selectedKeys().clear();
                runTasks();
                accept();
                move();
            }
        } catch (IOException | RuntimeException e) {
            LOG.error("The proxy to {} has failed", target, e);
        } finally {
            closeAll();
        }
    }

    private void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    private void accept() throws IOException {
        for (SocketChannel client = listener.accept(); client != null; client = listener.accept()) {
            if (faults.refusing() || links.size() >= MOST_LINKS) {
                Link.reset(client);
            } else {
                open(client);
            }
        }
    }

    private void open(SocketChannel client) {
        try {
            links.add(Link.open(client, target, selector, faults));
        } catch (IOException e) {
            LOG.debug("No connection to {}: {}", target, e.toString());
            Link.reset(client);
        }
    }

    private void move() {
        long now = System.nanoTime();
        links.removeIf(link -> !link.move(buffer, now));
    }

    /** {@return for how long the loop may wait; 0 means until something happens} */
    private long millisToNext() {
        long now = System.nanoTime();
        long nanos =
                links.stream().mapToLong(link -> link.nanosToNext(now)).min().orElse(Long.MAX_VALUE);
        return nanos == Long.MAX_VALUE ? 0 : TimeUnit.NANOSECONDS.toMillis(nanos) + 1;
    }

    /** {@return what the loop's thread may change} */
    Faults faults() {
        return faults;
    }

    /** {@return how many connections were reset}, to be called by the loop's thread */
    int reset(Predicate<Link> which) {
        int before = links.size();
        links.removeIf(link -> {
            boolean chosen = which.test(link);
            if (chosen) {
                link.reset();
            }
            return chosen;
        });
        sendResets();
        return before - links.size();
    }

    /** A channel that a selector knows is really closed by the next selection only. */
    private void sendResets() {
        try {
            selector.selectNow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return a copy of the present connections}, to be called by the loop's thread */
    List<Link> links() {
        return List.copyOf(links);
    }

    /** Ends the loop, to be called by its thread. */
    void stop() {
        stopped = true;
    }

    private void closeAll() {
        reset(link -> true);
        try {
            listener.close();
            selector.close();
        } catch (IOException e) {
            LOG.warn("The proxy to {} could not be closed", target, e);
        }
    }
}
