package io.anyqueue.samples.programs;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.ClientOptions;
import io.anyqueue.DeadLetter;
import io.anyqueue.MessageQueue;
import io.anyqueue.Outgoing;
import io.anyqueue.QueueClient;
import io.anyqueue.samples.programs.P10_Batch.Row;
import io.anyqueue.test.VirtualTime;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Against a database in memory, in virtual time. */
class P10_BatchTest {
    private final VirtualTime time = new VirtualTime();
    private final QueueClient client = QueueClient.connect(ClientOptions.of("inmemory:")
            .use(time.clock())
            .use(time.scheduler())
            .use(time.executor()));
    private final MessageQueue<Row> rows = client.queue("rows", Row.class);
    private final JdbcDataSource db = new JdbcDataSource();
    private final Connection kept = open();

    private Connection open() {
        db.setURL("jdbc:h2:mem:p10");
        try {
            Connection connection = db.getConnection();
            try (Statement create = connection.createStatement()) {
                create.execute("create table t (id varchar primary key, data varchar(10))");
            }
            return connection;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterEach
    void close() throws SQLException {
        client.close();
        kept.close();
    }

    private int stored() throws SQLException {
        try (Statement query = kept.createStatement();
                ResultSet result = query.executeQuery("select count(*) from t")) {
            result.next();
            return result.getInt(1);
        }
    }

    @Test
    void insertsAllRowsOnce() throws SQLException {
        List<Outgoing<Row>> many = IntStream.range(0, 1_234)
                .mapToObj(i -> Outgoing.of(new Row("r" + i, "data")))
                .toList();
        rows.sendAll(many);
        P10_Batch.run(client, db);
        time.advance(Duration.ofSeconds(1));
        assertThat(stored()).isEqualTo(1_234);
        assertThat(rows.deadLetters().list()).isEmpty();
    }

    @Test
    void aRowThatDoesNotFitIsADeadLetterAndTheOthersAreStored() throws SQLException {
        rows.sendAll(List.of(
                Outgoing.of(new Row("1", "fits")),
                Outgoing.of(new Row("2", "is much too long")),
                Outgoing.of(new Row("3", "fits"))));
        P10_Batch.run(client, db);
        time.advance(Duration.ofHours(2));
        assertThat(stored()).isEqualTo(2);
        assertThat(rows.deadLetters().list().map(DeadLetter::attempts)).containsExactly(8);
    }
}
