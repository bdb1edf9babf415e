package io.anyqueue.samples.table;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.spi.BrokerConfig;
import io.anyqueue.spi.Endpoint.TopicEndpoint;
import io.anyqueue.spi.Sender;
import io.anyqueue.spi.Spec;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** Stores one batch after the other, each in one transaction, on a thread of the client's executor. */
final class TableSender implements Sender {
    private final BrokerConfig config;
    private final Database database;
    private final Spec target;
    private final Sequence sequence;

    TableSender(BrokerConfig config, Database database, Spec target) {
        this.config = config;
        this.database = database;
        this.target = target;
        this.sequence = new Sequence(config.executor());
    }

    @Override
    public void send(List<? extends PendingSend> batch, Results results) {
        Objects.requireNonNull(results, "results");
        List<PendingSend> good = new ArrayList<>(batch.size());
        for (PendingSend send : batch) {
            try {
                Stored.check(target, send.message());
                good.add(send);
            } catch (QueueException e) {
                results.rejected(send, e);
            }
        }
        if (!good.isEmpty() && !sequence.add(() -> store(good, results))) {
            QueueException closed = new QueueException(
                    ErrorCode.CLOSED, "the sender to '" + target.endpoint().name() + "' is closed");
            good.forEach(send -> results.rejected(send, closed));
        }
    }

    /** If the database fails, the commit may have taken effect all the same. */
    private void store(List<PendingSend> batch, Results results) {
        int unrouted;
        try {
            unrouted = database.inTransaction(connection -> storeAll(connection, batch));
        } catch (QueueException e) {
            boolean maybe = e.code() == ErrorCode.UNAVAILABLE;
            each(batch, send -> {
                if (maybe) {
                    results.unknown(send, e);
                } else {
                    results.rejected(send, e);
                }
            });
            return;
        }
        each(batch, results::confirmed);
        if (unrouted > 0 && target.endpoint() instanceof TopicEndpoint topic) {
            config.events().unrouted(topic, unrouted);
        }
    }

    /** A callback that throws must not cost the other messages their results. */
    private static void each(List<PendingSend> batch, Consumer<PendingSend> tell) {
        RuntimeException first = null;
        for (PendingSend send : batch) {
            try {
                tell.accept(send);
            } catch (RuntimeException e) {
                first = first == null ? e : first;
            }
        }
        if (first != null) {
            throw first;
        }
    }

    private int storeAll(Connection connection, List<PendingSend> batch) throws SQLException {
        int unrouted = 0;
        long now = config.time().currentTimeMillis();
        for (PendingSend send : batch) {
            unrouted += Stored.store(connection, target.endpoint(), send.message(), now) ? 0 : 1;
        }
        return unrouted;
    }

    @Override
    public CompletionStage<Void> close(Duration limit) {
        return sequence.close(limit);
    }
}
