package io.anyqueue.samples.table;

import io.anyqueue.Message;
import io.anyqueue.spi.support.Envelope;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * A row of {@code message}: every column that a delivery needs.
 *
 * @param seq the primary key, and the order
 * @param headers the envelope's headers
 * @param deliveries how often it was leased
 * @param crashes how often a lease ended by itself
 */
record Row(
        long seq,
        String key,
        byte[] headers,
        byte[] body,
        int size,
        long enqueuedAt,
        int deliveries,
        int crashes,
        int attempts,
        long firstFailedAt) {
    static Row of(ResultSet result) throws SQLException {
        return new Row(
                result.getLong("seq"),
                result.getString("message_key"),
                result.getBytes("headers"),
                result.getBytes("body"),
                result.getInt("size"),
                result.getLong("enqueued_at"),
                result.getInt("deliveries"),
                result.getInt("crashes"),
                result.getInt("attempts"),
                result.getLong("first_failed_at"));
    }

    /** A message of a foreign program has no id: the row's number is the same each time it is handed out. */
    Message message() {
        return Envelope.message(HeaderBytes.read(headers), body, "row-" + seq);
    }
}
