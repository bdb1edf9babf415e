package io.anyqueue.samples.table;

import io.anyqueue.Message;
import io.anyqueue.spi.support.Envelope;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * A row of {@code message}: every column that a delivery needs.
 *
 * @param seq the primary key, and the order
 * @param message the message; one of a foreign program has no id, and the row's number is the same each time it is handed out
 * @param deliveries how often it was leased
 * @param crashes how often a lease ended by itself
 */
record Row(
        long seq,
        String key,
        Message message,
        int size,
        long enqueuedAt,
        int deliveries,
        int crashes,
        int attempts,
        long firstFailedAt) {
    static Row of(ResultSet result) throws SQLException {
        long seq = result.getLong("seq");
        return new Row(
                seq,
                result.getString("message_key"),
                Envelope.message(HeaderBytes.read(result.getBytes("headers")), result.getBytes("body"), "row-" + seq),
                result.getInt("size"),
                result.getLong("enqueued_at"),
                result.getInt("deliveries"),
                result.getInt("crashes"),
                result.getInt("attempts"),
                result.getLong("first_failed_at"));
    }
}
