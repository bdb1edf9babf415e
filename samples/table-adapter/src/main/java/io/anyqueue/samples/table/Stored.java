package io.anyqueue.samples.table;

import io.anyqueue.ErrorCode;
import io.anyqueue.Message;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.Spec;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Stores messages, for sends and forwards alike. Stateless; each call is part of its caller's transaction. */
final class Stored {
    private Stored() {}

    /** Refuses what can be refused without a look at the database. */
    static void check(Spec target, Message message) {
        String name = target.endpoint().name();
        if (message.size() > target.maxMessageBytes()) {
            throw new QueueException(
                    ErrorCode.TOO_LARGE,
                    "message " + message.id() + " has " + message.size() + " bytes, '" + name
                            + "' on the table broker takes " + target.maxMessageBytes());
        }
        if (target.ordered() && message.key().isEmpty()) {
            throw new QueueException(
                    ErrorCode.INVALID_ARGUMENT,
                    "'" + name + "' is ordered, and message " + message.id() + " has no key");
        }
        if (target.ordered() && message.deliverAtMillis() > 0) {
            throw new QueueException(
                    ErrorCode.UNSUPPORTED, "'" + name + "' is ordered and takes no delayed message " + message.id());
        }
    }

    /** {@return whether somebody will get it: false for a topic without a subscription} */
    static boolean store(Connection connection, Endpoint target, Message message, long now) throws SQLException {
        Destination destination = Destination.get(connection, target);
        boolean waits = message.deliverAtMillis() > now;
        if (!destination.isTopic() || waits) {
            Rows.insert(connection, destination.name(), message, now);
            return true;
        }
        List<Destination> subscriptions = Destination.subscriptions(connection, destination.name());
        for (Destination subscription : subscriptions) {
            Rows.insert(connection, subscription.name(), message, now);
        }
        return !subscriptions.isEmpty();
    }

    /** Copies the delayed messages of a topic that are due to the subscriptions that there are now (rule RCV-1). */
    static void fanOut(Connection connection, String topic, long now) throws SQLException {
        for (Row row : Rows.page(connection, topic, 0, 100)) {
            Message message = row.message();
            if (message.deliverAtMillis() <= now
                    && Rows.update(connection, "delete from message where seq = ?", row.seq()) == 1) {
                for (Destination subscription : Destination.subscriptions(connection, topic)) {
                    Rows.insert(connection, subscription.name(), message, now);
                }
            }
        }
    }
}
