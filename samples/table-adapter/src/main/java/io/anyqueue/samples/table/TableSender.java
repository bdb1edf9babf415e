package io.anyqueue.samples.table;

import io.anyqueue.ErrorCode;
import io.anyqueue.Message;
import io.anyqueue.QueueException;
import io.anyqueue.spi.BrokerConfig;
import io.anyqueue.spi.Endpoint.TopicEndpoint;
import io.anyqueue.spi.Sender;
import io.anyqueue.spi.Spec;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Sends one message after the other, each in its own transaction, on a thread of the client's executor. */
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
        for (PendingSend send : List.copyOf(batch)) {
            if (!sequence.add(() -> send(send, results))) {
                results.rejected(
                        send,
                        new QueueException(
                                ErrorCode.CLOSED,
                                "the sender to '" + target.endpoint().name() + "' is closed"));
            }
        }
    }

    /** Until the commit a failure means that nothing is stored; a failed commit may have taken effect. */
    private void send(PendingSend send, Results results) {
        boolean routed;
        try {
            Message message = send.message();
            Stored.check(target, message);
            long now = config.time().currentTimeMillis();
            routed = database.inTransaction(connection -> Stored.store(connection, target.endpoint(), message, now));
        } catch (QueueException e) {
            if (e.code() == ErrorCode.UNAVAILABLE) {
                results.unknown(send, e);
            } else {
                results.rejected(send, e);
            }
            return;
        }
        results.confirmed(send);
        if (!routed && target.endpoint() instanceof TopicEndpoint topic) {
            config.events().unrouted(topic, 1);
        }
    }

    @Override
    public CompletionStage<Void> close(Duration limit) {
        return sequence.close(limit);
    }
}
