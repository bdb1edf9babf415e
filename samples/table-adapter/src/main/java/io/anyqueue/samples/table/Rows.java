package io.anyqueue.samples.table;

import io.anyqueue.History;
import io.anyqueue.Message;
import io.anyqueue.spi.support.Envelope;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The statements on {@code message}. Stateless; each is part of its caller's transaction. */
final class Rows {
    private static final String OLDEST_OF_ITS_KEY = " and not exists (select 1 from message e where e.destination ="
            + " m.destination and e.message_key = m.message_key and e.seq < m.seq)";

    private Rows() {}

    static void insert(Connection connection, String destination, Message message, long now) throws SQLException {
        String sql = "insert into message(destination, message_key, headers, body, size, enqueued_at, due_at, holder,"
                + " lease_until, deliveries, crashes, attempts, first_failed_at)"
                + " values (?, ?, ?, ?, ?, ?, ?, null, 0, ?, 0, ?, ?)";
        History history = message.history();
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setString(1, destination);
            insert.setString(2, message.key().orElse(""));
            insert.setBytes(3, HeaderBytes.write(Envelope.headers(message)));
            insert.setBytes(4, message.bodyArray());
            insert.setInt(5, message.size());
            insert.setLong(6, now);
            insert.setLong(7, message.deliverAtMillis());
            insert.setInt(8, history.deliveries());
            insert.setInt(9, history.attempts());
            insert.setLong(10, history.firstFailedAtMillis());
            insert.executeUpdate();
        }
    }

    /** Leases what can be delivered, oldest first. A lease that had ended by itself is counted as a crash. */
    static List<Row> lease(
            Connection connection, Destination source, String holder, int max, long maxBytes, long now, long leaseUntil)
            throws SQLException {
        List<Row> leased = new ArrayList<>();
        long bytes = 0;
        for (long seq : ready(connection, source, max, now)) {
            if (update(
                            connection,
                            "update message set holder = ?, lease_until = ?, deliveries = deliveries + 1,"
                                    + " crashes = crashes + case when lease_until > 0 then 1 else 0 end"
                                    + " where seq = ? and lease_until <= ?",
                            holder,
                            leaseUntil,
                            seq,
                            now)
                    == 1) {
                Row row = row(connection, seq);
                leased.add(row);
                bytes += row.size();
                if (bytes >= maxBytes) {
                    break;
                }
            }
        }
        return leased;
    }

    private static List<Long> ready(Connection connection, Destination source, int max, long now) throws SQLException {
        String sql = "select m.seq from message m where m.destination = ? and m.due_at <= ? and m.lease_until <= ?"
                + (source.ordered() ? OLDEST_OF_ITS_KEY : "") + " order by m.seq limit ?";
        List<Long> found = new ArrayList<>();
        try (PreparedStatement select = prepare(connection, sql, source.name(), now, now, max);
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                found.add(rows.getLong(1));
            }
        }
        return found;
    }

    private static Row row(Connection connection, long seq) throws SQLException {
        try (PreparedStatement select = prepare(connection, "select * from message where seq = ?", seq);
                ResultSet rows = select.executeQuery()) {
            rows.next();
            return Row.of(rows);
        }
    }

    static List<Row> page(Connection connection, String destination, long after, int max) throws SQLException {
        String sql = "select * from message where destination = ? and seq > ? order by seq limit ?";
        List<Row> page = new ArrayList<>();
        try (PreparedStatement select = prepare(connection, sql, destination, after, max);
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                page.add(Row.of(rows));
            }
        }
        return page;
    }

    static long count(Connection connection, String condition, Object... arguments) throws SQLException {
        try (PreparedStatement select =
                        prepare(connection, "select count(*) from message where " + condition, arguments);
                ResultSet rows = select.executeQuery()) {
            rows.next();
            return rows.getLong(1);
        }
    }

    /** {@return how many rows it changed} */
    static int update(Connection connection, String sql, Object... arguments) throws SQLException {
        try (PreparedStatement update = prepare(connection, sql, arguments)) {
            return update.executeUpdate();
        }
    }

    static PreparedStatement prepare(Connection connection, String sql, Object... arguments) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < arguments.length; i++) {
            statement.setObject(i + 1, arguments[i]);
        }
        return statement;
    }
}
