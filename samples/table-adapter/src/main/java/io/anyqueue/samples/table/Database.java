package io.anyqueue.samples.table;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.jspecify.annotations.Nullable;

/** The database: opened by the first use, and every failure translated in one place. Safe for use by any thread; blocks. */
final class Database {
    private static final String SCHEMA = """
            create table if not exists destination(
              name varchar primary key, kind char(1) not null, topic varchar, ordered boolean not null, lease bigint not null);
            create table if not exists message(
              seq bigint generated always as identity primary key, destination varchar not null, message_key varchar not null,
              headers varbinary not null, body varbinary not null, size int not null, enqueued_at bigint not null,
              due_at bigint not null, holder varchar, lease_until bigint not null, deliveries int not null,
              crashes int not null, attempts int not null, first_failed_at bigint not null);
            create index if not exists message_order on message(destination, message_key, seq);
            """;

    private final String url;
    private @Nullable JdbcConnectionPool pool;
    private boolean closed;

    Database(String url) {
        this.url = url;
    }

    /** What is done in one transaction. */
    interface Work<R> {
        R run(Connection connection) throws SQLException;
    }

    <R> R inTransaction(Work<R> work) {
        try (Connection connection = pool().getConnection()) {
            connection.setAutoCommit(false);
            try {
                R result = work.run(connection);
                connection.commit();
                return result;
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            }
        } catch (SQLException e) {
            throw new QueueException(ErrorCode.UNAVAILABLE, "the database failed: " + e.getMessage(), e);
        }
    }

    /** What is done in one transaction and has no result. */
    interface Change {
        void run(Connection connection) throws SQLException;
    }

    void change(Change change) {
        inTransaction(connection -> {
            change.run(connection);
            return true;
        });
    }

    DataSource dataSource() {
        return pool();
    }

    private synchronized JdbcConnectionPool pool() {
        if (closed) {
            throw new QueueException(ErrorCode.CLOSED, "the client of the table broker is closed");
        }
        if (pool == null) {
            pool = JdbcConnectionPool.create(url, "sa", "");
            pool.setMaxConnections(32);
            try (Connection connection = pool.getConnection()) {
                create(connection);
            } catch (SQLException e) {
                throw new QueueException(ErrorCode.UNAVAILABLE, "the database cannot be opened: " + e.getMessage(), e);
            }
        }
        return pool;
    }

    /** One client at a time: "if not exists" and the creation are two steps. */
    private static void create(Connection connection) throws SQLException {
        synchronized (Database.class) {
            try (Statement statement = connection.createStatement()) {
                statement.execute(SCHEMA);
            }
        }
    }

    synchronized void close() {
        closed = true;
        if (pool != null) {
            pool.dispose();
        }
    }
}
