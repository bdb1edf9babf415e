package io.anyqueue.samples.orders;

import io.anyqueue.samples.orders.Outcome.Accepted;
import io.anyqueue.samples.orders.Outcome.Cancelled;
import io.anyqueue.samples.orders.Outcome.DeadLettered;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.h2.api.ErrorCode;

/**
 * Keeps outcomes in an embedded database, one transaction per order and one per event. One connection does for them: the
 * database commits one transaction at a time anyway. A second one writes what was committed to the file, for all that wait
 * for it at once.
 */
final class DatabaseStore implements OutcomeStore {
    private static final String FILE = "orders";

    /**
     * DB_CLOSE_ON_EXIT=FALSE: at SIGTERM the handlers end first, then the state is closed. RETENTION_TIME=0: space in the file
     * is used again at once, or every checkpoint would make it longer; waiting is of use where the power may fail.
     */
    private static final String OPTIONS = ";DB_CLOSE_ON_EXIT=FALSE;RETENTION_TIME=0";

    private static final String[] SCHEMA = {
        "create table if not exists outcome (order_id varchar(128) primary key, kind varchar(16) not null,"
                + " reason varchar(1024), revenue numeric(60, 18), retries int)",
        "create table if not exists event (order_id varchar(128), subscription varchar(16),"
                + " primary key (order_id, subscription))"
    };

    private enum Kind {
        ACCEPTED,
        CANCELLED,
        DEAD_LETTERED
    }

    private final Connection connection;
    private final PreparedStatement insertOutcome;
    private final PreparedStatement insertEvent;
    private final AtomicLong committed = new AtomicLong();

    private final ReentrantLock syncLock = new ReentrantLock();
    private final Connection syncConnection;
    private final PreparedStatement checkpoint;
    private long synced;

    private DatabaseStore(Connection connection, Connection syncConnection) throws SQLException {
        this.connection = connection;
        this.syncConnection = syncConnection;
        try (Statement statement = connection.createStatement()) {
            for (String sql : SCHEMA) {
                statement.execute(sql);
            }
        }
        connection.setAutoCommit(false);
        insertOutcome = connection.prepareStatement("insert into outcome values (?, ?, ?, ?, ?)");
        insertEvent = connection.prepareStatement("insert into event values (?, ?)");
        checkpoint = syncConnection.prepareStatement("checkpoint");
    }

    /**
     * Opens the database of a directory, and creates both if they are not there.
     *
     * @param directory the directory
     * @return the store
     * @throws UsageException if that is impossible, for instance because another run has it open
     */
    static DatabaseStore open(String directory) throws UsageException {
        List<Connection> connections = new ArrayList<>();
        try {
            Path path = Files.createDirectories(Path.of(directory)).toRealPath();
            // A semicolon would begin H2's own options: such a name cannot be written in its URL.
            if (path.toString().contains(";")) {
                throw new UsageException("--state may not contain a semicolon: " + path);
            }
            String url = "jdbc:h2:file:" + path.resolve(FILE) + OPTIONS;
            connections.add(DriverManager.getConnection(url));
            connections.add(DriverManager.getConnection(url));
            return new DatabaseStore(connections.get(0), connections.get(1));
        } catch (InvalidPathException | IOException e) {
            throw new UsageException("cannot use state directory " + directory + ": " + e, e);
        } catch (SQLException e) {
            connections.forEach(DatabaseStore::closeQuietly);
            boolean inUse = e.getErrorCode() == ErrorCode.DATABASE_ALREADY_OPEN_1;
            throw new UsageException(
                    inUse
                            ? "state directory " + directory + " is in use by another run"
                            : "cannot use state directory " + directory + ": " + firstLine(e),
                    e);
        }
    }

    @Override
    public boolean keeps() {
        return true;
    }

    @Override
    public void load(Loader into) {
        try (Statement statement = connection.createStatement()) {
            try (ResultSet row =
                    statement.executeQuery("select order_id, kind, reason, revenue, retries from outcome")) {
                while (row.next()) {
                    into.outcome(row.getString(1), outcome(row));
                }
            }
            try (ResultSet row = statement.executeQuery("select order_id, subscription from event")) {
                while (row.next()) {
                    into.event(
                            row.getString(1),
                            Subscription.valueOf(row.getString(2).toUpperCase(Locale.ROOT)));
                }
            }
        } catch (SQLException | IllegalArgumentException e) {
            throw new StateException("the state cannot be read: " + firstLine(e), e);
        }
    }

    @Override
    public void outcome(String orderId, Outcome outcome) {
        write(() -> {
            insertOutcome.setString(1, orderId);
            insertOutcome.setString(2, kind(outcome).name());
            insertOutcome.setString(3, outcome instanceof DeadLettered dead ? dead.reason() : null);
            insertOutcome.setBigDecimal(4, outcome instanceof Accepted accepted ? accepted.revenue() : null);
            insertOutcome.setInt(5, outcome instanceof Accepted accepted ? accepted.retries() : 0);
            insertOutcome.executeUpdate();
        });
    }

    @Override
    public void event(String orderId, Subscription subscription) {
        write(() -> {
            insertEvent.setString(1, orderId);
            insertEvent.setString(2, subscription.label());
            insertEvent.executeUpdate();
        });
    }

    /**
     * The first that comes writes for those that come meanwhile: they find their transactions in the file already. A killed
     * process has been seen to lose the last dozen all the same; such orders have no outcome then, are sent again by the next
     * run, and counted once.
     */
    @Override
    public void sync() {
        long mine = committed.get();
        syncLock.lock();
        try {
            if (synced < mine) {
                long upTo = committed.get();
                checkpoint.execute();
                synced = upTo;
            }
        } catch (SQLException e) {
            throw cannotWrite(e);
        } finally {
            syncLock.unlock();
        }
    }

    @Override
    public void close() {
        closeQuietly(syncConnection);
        closeQuietly(connection);
    }

    private void write(Work work) {
        try {
            try {
                work.run();
                connection.commit();
                committed.incrementAndGet();
            } catch (SQLException e) {
                connection.rollback();
                throw e;
            }
        } catch (SQLException e) {
            throw cannotWrite(e);
        }
    }

    private static StateException cannotWrite(SQLException e) {
        return new StateException("the state cannot be written: " + firstLine(e), e);
    }

    private static Kind kind(Outcome outcome) {
        if (outcome instanceof Accepted) {
            return Kind.ACCEPTED;
        }
        return outcome instanceof Cancelled ? Kind.CANCELLED : Kind.DEAD_LETTERED;
    }

    private static Outcome outcome(ResultSet row) throws SQLException {
        Kind kind = Kind.valueOf(row.getString("kind"));
        if (kind == Kind.ACCEPTED) {
            // The column adds zeros up to its scale.
            BigDecimal revenue = row.getBigDecimal("revenue").stripTrailingZeros();
            return new Accepted(revenue, row.getInt("retries"));
        }
        return kind == Kind.CANCELLED ? new Cancelled() : new DeadLettered(row.getString("reason"));
    }

    /** H2 appends the statement and its own version. */
    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    private static void closeQuietly(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            // All that matters was committed before.
        }
    }

    private interface Work {
        void run() throws SQLException;
    }
}
