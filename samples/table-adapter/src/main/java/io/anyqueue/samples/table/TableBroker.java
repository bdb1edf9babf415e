package io.anyqueue.samples.table;

import io.anyqueue.Capabilities;
import io.anyqueue.ErrorCode;
import io.anyqueue.Health;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.BrokerConfig;
import io.anyqueue.spi.Endpoint.TopicEndpoint;
import io.anyqueue.spi.Receiver;
import io.anyqueue.spi.ReceiverListener;
import io.anyqueue.spi.ReceiverOptions;
import io.anyqueue.spi.Sender;
import io.anyqueue.spi.Spec;
import io.anyqueue.spi.Topology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One client of the database. Safe for use by any thread. */
final class TableBroker implements Broker {
    private final BrokerConfig config;
    private final Database database;
    private final Topology topology;
    private final Set<TableSender> senders = ConcurrentHashMap.newKeySet();
    private final Set<TableReceiver> receivers = ConcurrentHashMap.newKeySet();
    private final AtomicReference<@Nullable CompletableFuture<Void>> closed = new AtomicReference<>();

    TableBroker(BrokerConfig config, Database database) {
        this.config = config;
        this.database = database;
        this.topology = new TableTopology(config, database);
    }

    @Override
    public Capabilities capabilities(Spec spec) {
        return TableCapabilities.of(spec);
    }

    @Override
    public Topology topology() {
        return topology;
    }

    @Override
    public Sender sender(Spec target) {
        Objects.requireNonNull(target, "target");
        checkOpen();
        TableSender sender = new TableSender(config, database, target);
        senders.add(sender);
        return sender;
    }

    @Override
    public Receiver receiver(Spec source, ReceiverOptions options, ReceiverListener listener) {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(listener, "listener");
        checkOpen();
        if (source.endpoint() instanceof TopicEndpoint) {
            throw new QueueException(
                    ErrorCode.INVALID_ARGUMENT,
                    "'" + source.endpoint().name() + "' is a topic; receive from a subscription of it");
        }
        TableReceiver receiver = new TableReceiver(config, database, source, options, listener);
        receivers.add(receiver);
        return receiver;
    }

    private void checkOpen() {
        if (closed.get() != null) {
            throw new QueueException(ErrorCode.CLOSED, "the client of the table broker is closed");
        }
    }

    @Override
    public Health health() {
        return closed.get() == null ? Health.UP : new Health(Health.Status.DOWN, List.of("the client is closed"));
    }

    @Override
    public <N> Optional<N> unwrap(Class<N> nativeType) {
        return nativeType == javax.sql.DataSource.class
                ? Optional.of(nativeType.cast(database.dataSource()))
                : Optional.empty();
    }

    @Override
    public CompletionStage<Void> close(Duration limit) {
        CompletableFuture<Void> mine = new CompletableFuture<>();
        if (!closed.compareAndSet(null, mine)) {
            CompletableFuture<Void> first = closed.get();
            return first == null ? mine : first;
        }
        List<CompletableFuture<Void>> parts = new ArrayList<>();
        senders.forEach(sender -> parts.add(sender.close(limit).toCompletableFuture()));
        receivers.forEach(receiver -> parts.add(receiver.close(limit).toCompletableFuture()));
        var unused = CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new))
                .whenComplete((done, failure) -> {
                    database.close();
                    mine.complete(null);
                });
        return mine;
    }
}
