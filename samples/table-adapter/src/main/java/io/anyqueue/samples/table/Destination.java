package io.anyqueue.samples.table;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.Endpoint.SubscriptionEndpoint;
import io.anyqueue.spi.Endpoint.TopicEndpoint;
import io.anyqueue.spi.Spec;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A row of {@code destination}: what all processes must agree on.
 *
 * @param name the physical name
 * @param kind Q, T or S
 * @param topic of a subscription; else empty
 * @param ordered by key
 * @param leaseMillis the lease
 */
record Destination(String name, String kind, String topic, boolean ordered, long leaseMillis) {
    static Destination of(Spec spec) {
        Endpoint endpoint = spec.endpoint();
        String kind = endpoint instanceof TopicEndpoint ? "T" : endpoint instanceof SubscriptionEndpoint ? "S" : "Q";
        String topic = endpoint instanceof SubscriptionEndpoint s ? s.topic().physicalName() : "";
        return new Destination(
                endpoint.physicalName(),
                kind,
                topic,
                spec.ordered(),
                spec.lease().toMillis());
    }

    boolean isTopic() {
        return kind.equals("T");
    }

    static Optional<Destination> find(Connection connection, String name) throws SQLException {
        return select(connection, "name = ?", name).stream().findFirst();
    }

    static Destination get(Connection connection, Endpoint endpoint) throws SQLException {
        return find(connection, endpoint.physicalName())
                .orElseThrow(() -> new QueueException(
                        ErrorCode.NOT_FOUND,
                        "'" + endpoint.name() + "' does not exist on the table broker; declare it first"));
    }

    static List<Destination> subscriptions(Connection connection, String topic) throws SQLException {
        return select(connection, "topic = ? and kind = 'S'", topic);
    }

    private static List<Destination> select(Connection connection, String condition, String argument)
            throws SQLException {
        List<Destination> found = new ArrayList<>();
        try (PreparedStatement select =
                        Rows.prepare(connection, "select * from destination where " + condition, argument);
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                found.add(new Destination(
                        rows.getString("name"),
                        rows.getString("kind"),
                        rows.getString("topic"),
                        rows.getBoolean("ordered"),
                        rows.getLong("lease")));
            }
        }
        return found;
    }
}
