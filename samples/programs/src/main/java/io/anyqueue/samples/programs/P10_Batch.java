package io.anyqueue.samples.programs;

import static java.time.Duration.ofMillis;

import io.anyqueue.QueueClient;
import io.anyqueue.Received;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import javax.sql.DataSource;

public class P10_Batch {
    record Row(String id, String data) {}

    static void run(QueueClient client, DataSource db) {
        client.queue("rows", Row.class).consumer().concurrency(4).startBatch(500, ofMillis(200), batch -> {
            try (Connection c = db.getConnection();
                    PreparedStatement s = c.prepareStatement("insert into t values (?, ?)")) {
                for (Received<Row> m : batch) {
                    s.setString(1, m.payload().id());
                    s.setString(2, m.payload().data());
                    s.addBatch();
                }
                s.executeBatch();
            } catch (BatchUpdateException e) {
                int[] counts = e.getUpdateCounts();
                for (int i = 0; i < batch.size(); i++)
                    if (i >= counts.length || counts[i] == Statement.EXECUTE_FAILED)
                        batch.get(i).fail(e);
            }
        });
    }
}
