package io.anyqueue.conformance.served;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.conformance.Interruption;
import io.anyqueue.spi.BrokerConfig;
import io.anyqueue.spi.Credentials;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes a server of the in-memory broker: it has users, may be away, and sees sessions come and break. All that concerns ownership
 * happens on its one thread.
 */
final class Server {
    static final String USER = "kit";
    static final String PASSWORD = "kit-right-password";

    final Set<Fault> faults = EnumSet.noneOf(Fault.class);
    final Set<ServedBroker> clients = ConcurrentHashMap.newKeySet();
    final AtomicLong epochs = new AtomicLong();

    private final Map<String, SingleActive> ordered = new HashMap<>();
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread created = new Thread(task, "served");
        created.setDaemon(true);
        return created;
    });
    private volatile boolean away;

    boolean has(Fault fault) {
        return faults.contains(fault);
    }

    void later(Runnable task) {
        thread.execute(task);
    }

    /** {@return who consumes from an ordered source; called by the server's thread} */
    SingleActive ordered(String url, String source) {
        return ordered.computeIfAbsent(url + " " + source, unused -> new SingleActive(this));
    }

    /** {@return why a client cannot be served; empty if it can} */
    Optional<QueueException> refusal(BrokerConfig config) {
        Credentials given = config.credentials().orElse(new Credentials("", ""));
        if (!config.url().hosts().isEmpty() || away) {
            return Optional.of(new QueueException(ErrorCode.UNAVAILABLE, "the server is not there"));
        }
        if (!given.equals(new Credentials(USER, PASSWORD))) {
            String who = has(Fault.SHOWS_THE_PASSWORD) ? given.username() + ":" + given.password() : given.username();
            ErrorCode code = has(Fault.CALLS_IT_UNAVAILABLE) ? ErrorCode.UNAVAILABLE : ErrorCode.UNAUTHENTICATED;
            return Optional.of(new QueueException(code, "the server does not know " + who + " with that password"));
        }
        return Optional.empty();
    }

    /** {@return what takes the server away for a while} */
    Interruption interruption(boolean restart) {
        return new Interruption() {
            @Override
            public void begin() throws InterruptedException {
                away = true;
                if (restart && has(Fault.LOSES_ON_RESTART)) {
                    clients.forEach(ServedBroker::empty);
                }
                clients.forEach(ServedBroker::breakSession);
                settle();
            }

            @Override
            public void end() throws InterruptedException {
                away = false;
                clients.forEach(ServedBroker::reconnect);
                settle();
            }
        };
    }

    /** Waits until the server's thread has done what it was given so far. */
    private void settle() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        later(done::countDown);
        if (!done.await(10, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the server's thread hangs");
        }
    }

    /** Breaks a client's session at once; it may connect again. */
    void crash(ServedBroker client) {
        client.breakSession();
        client.reconnect();
        try {
            settle();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
