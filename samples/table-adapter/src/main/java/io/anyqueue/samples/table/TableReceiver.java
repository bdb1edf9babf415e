package io.anyqueue.samples.table;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.spi.BrokerConfig;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.ReceiverListener;
import io.anyqueue.spi.ReceiverOptions;
import io.anyqueue.spi.Spec;
import io.anyqueue.spi.support.BlockingReceiver;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** Leases rows on a thread of its own, and settles them on the client's executor. */
final class TableReceiver extends BlockingReceiver {
    private static final String MINE = " where seq = ? and holder = ? and deliveries = ? and lease_until > ?";
    private static final long LOOK_MILLIS = 20;

    private final BrokerConfig config;
    private final Database database;
    private final Spec source;
    private final String holder = UUID.randomUUID().toString();
    private final Map<Object, CompletableFuture<Void>> settling = new ConcurrentHashMap<>();

    TableReceiver(
            BrokerConfig config, Database database, Spec source, ReceiverOptions options, ReceiverListener listener) {
        super(config, source, options, listener);
        this.config = config;
        this.database = database;
        this.source = source;
    }

    @Override
    protected List<TableDelivery> fetch(int max, long maxBytes, Duration wait) throws InterruptedException {
        long deadline = System.nanoTime() + wait.toNanos();
        List<TableDelivery> found = lease(max, maxBytes);
        while (found.isEmpty() && System.nanoTime() - deadline < 0) {
            Thread.sleep(LOOK_MILLIS);
            found = lease(max, maxBytes);
        }
        return found;
    }

    private List<TableDelivery> lease(int max, long maxBytes) {
        // Taken first: a lease that is told shorter than it is does no harm.
        long until = config.time().nanoTime() + source.lease().toNanos();
        long now = config.time().currentTimeMillis();
        return database.inTransaction(connection -> {
            Destination destination = Destination.get(connection, source.endpoint());
            if (!destination.topic().isEmpty()) {
                Stored.fanOut(connection, destination.topic(), now);
            }
            List<TableDelivery> leased = new ArrayList<>();
            for (Row row : Rows.lease(
                    connection,
                    destination,
                    holder,
                    max,
                    maxBytes,
                    now,
                    now + source.lease().toMillis())) {
                leased.add(new TableDelivery(row, source.endpoint(), until));
            }
            return leased;
        });
    }

    @Override
    public void ack(List<? extends Delivery> deliveries, Results results) {
        Objects.requireNonNull(results, "results");
        for (Delivery delivery : List.copyOf(deliveries)) {
            settle(delivery, results, (connection, mine) -> delete(connection, mine));
        }
    }

    @Override
    public void release(List<Release> batch, Results results) {
        Objects.requireNonNull(results, "results");
        for (Release release : List.copyOf(batch)) {
            if (release.delay().isNegative()) {
                results.unknown(release.delivery(), invalid("the delay " + release.delay() + " is negative"));
            } else {
                settle(release.delivery(), results, (connection, mine) -> giveBack(connection, mine, release));
            }
        }
    }

    @Override
    public void extend(List<? extends Delivery> deliveries, Results results) {
        Objects.requireNonNull(results, "results");
        for (Delivery delivery : List.copyOf(deliveries)) {
            settle(delivery, results, this::prolong);
        }
    }

    @Override
    public boolean forward(Delivery delivery, List<Forward> out, Results results) {
        settle(delivery, results, (connection, mine) -> {
            if (!delete(connection, mine)) {
                return false;
            }
            for (Forward forward : out) {
                Stored.check(forward.target(), forward.message());
                Stored.store(
                        connection,
                        forward.target().endpoint(),
                        forward.message(),
                        config.time().currentTimeMillis());
            }
            return true;
        });
        return true;
    }

    /** What is done to a row; false if the row is not this delivery's any more. */
    private interface Step {
        boolean run(Connection connection, TableDelivery mine) throws SQLException;
    }

    private void settle(Delivery delivery, Results results, Step step) {
        if (!(delivery instanceof TableDelivery mine)) {
            results.unknown(delivery, invalid("the delivery is none of the table broker's"));
            return;
        }
        try {
            CompletableFuture<Void> settled =
                    CompletableFuture.runAsync(() -> settleNow(mine, results, step), config.executor());
            Object ticket = new Object();
            settling.put(ticket, settled);
            var unused = settled.whenComplete((done, failure) -> settling.remove(ticket));
        } catch (RejectedExecutionException e) {
            results.unknown(delivery, new QueueException(ErrorCode.CLOSED, "the client is closed", e));
        }
    }

    private void settleNow(TableDelivery mine, Results results, Step step) {
        boolean done;
        try {
            done = database.inTransaction(connection -> step.run(connection, mine));
        } catch (QueueException e) {
            results.unknown(mine, e);
            return;
        }
        if (done) {
            results.done(mine);
        } else {
            results.stale(mine);
        }
    }

    private boolean delete(Connection connection, TableDelivery mine) throws SQLException {
        return change(connection, "delete from message" + MINE, mine);
    }

    private boolean giveBack(Connection connection, TableDelivery mine, Release release) throws SQLException {
        long due = release.delay().isZero()
                ? 0
                : config.time().currentTimeMillis()
                        + release.delay().plusNanos(999_999).toMillis();
        return change(
                connection,
                "update message set holder = null, lease_until = 0, due_at = ?, attempts = ?, first_failed_at = ?"
                        + MINE,
                mine,
                due,
                release.attempts(),
                release.firstFailedAtMillis());
    }

    private boolean prolong(Connection connection, TableDelivery mine) throws SQLException {
        long untilNanos = config.time().nanoTime() + source.lease().toNanos();
        long until = config.time().currentTimeMillis() + source.lease().toMillis();
        boolean done = change(connection, "update message set lease_until = ?" + MINE, mine, until);
        if (done) {
            mine.prolonged(untilNanos);
        }
        return done;
    }

    private boolean change(Connection connection, String sql, TableDelivery mine, Object... first) throws SQLException {
        List<Object> arguments = new ArrayList<>(List.of(first));
        arguments.add(mine.seq());
        arguments.add(holder);
        arguments.add(mine.deliveries());
        arguments.add(config.time().currentTimeMillis());
        return Rows.update(connection, sql, arguments.toArray()) == 1;
    }

    @Override
    protected void giveBack(List<? extends Delivery> deliveries) {
        database.change(connection -> {
            for (Delivery delivery : deliveries) {
                change(
                        connection,
                        "update message set holder = null, lease_until = 0, deliveries = deliveries - 1" + MINE,
                        (TableDelivery) delivery);
            }
        });
    }

    /** What was committed is durable; what is on its way to be is waited for. A callback that throws is no failure of that. */
    @Override
    public CompletionStage<Void> flush() {
        return CompletableFuture.allOf(settling.values().toArray(CompletableFuture[]::new))
                .exceptionally(failure -> null);
    }

    /** Flushed first, or what is being acknowledged would be given back. */
    @Override
    protected void disconnect(Duration limit) {
        flush().toCompletableFuture()
                .completeOnTimeout(null, limit.toMillis(), TimeUnit.MILLISECONDS)
                .join();
        database.inTransaction(connection ->
                Rows.update(connection, "update message set holder = null, lease_until = 0 where holder = ?", holder));
    }

    private static QueueException invalid(String message) {
        return new QueueException(ErrorCode.INVALID_ARGUMENT, message);
    }
}
