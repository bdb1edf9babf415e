package io.anyqueue.samples.table;

import io.anyqueue.ErrorCode;
import io.anyqueue.Message;
import io.anyqueue.QueueException;
import io.anyqueue.spi.BrokerConfig;
import io.anyqueue.spi.Spec;
import io.anyqueue.spi.Topology;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Declares and describes, on the client's executor. */
final class TableTopology implements Topology {
    private final BrokerConfig config;
    private final Database database;

    TableTopology(BrokerConfig config, Database database) {
        this.config = config;
        this.database = database;
    }

    private CompletionStage<Void> change(Database.Change change) {
        return CompletableFuture.runAsync(() -> database.change(change), config.executor());
    }

    private <R> CompletionStage<R> later(Database.Work<R> work) {
        return CompletableFuture.supplyAsync(() -> database.inTransaction(work), config.executor());
    }

    @Override
    public CompletionStage<Void> declare(List<Spec> all, Mode mode) {
        Objects.requireNonNull(mode, "mode");
        try {
            all.forEach(TableTopology::check);
        } catch (QueueException e) {
            return CompletableFuture.failedFuture(e);
        }
        if (mode == Mode.ASSUME) {
            return CompletableFuture.completedFuture(null);
        }
        return change(connection -> {
            for (Spec spec : all) {
                declare(connection, spec, mode);
            }
        });
    }

    private static void check(Spec spec) {
        for (String argument : spec.nativeArguments().keySet()) {
            throw new QueueException(
                    ErrorCode.INVALID_ARGUMENT,
                    "the argument '" + argument + "' of '" + spec.endpoint().name()
                            + "' is not known: the table broker has none");
        }
        int bytes = spec.endpoint().physicalName().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > TableCapabilities.LONGEST_NAME) {
            throw new QueueException(
                    ErrorCode.TOO_LARGE,
                    "the name '" + spec.endpoint().name() + "' has " + bytes + " bytes, the table broker takes "
                            + TableCapabilities.LONGEST_NAME);
        }
    }

    private static void declare(Connection connection, Spec spec, Mode mode) throws SQLException {
        Destination wanted = Destination.of(spec);
        Optional<Destination> there = Destination.find(connection, wanted.name());
        if (there.isPresent()) {
            if (!there.get().equals(wanted)) {
                throw new QueueException(
                        ErrorCode.CONFLICT,
                        "'" + spec.endpoint().name() + "' is there as " + there.get() + ", wanted is " + wanted);
            }
        } else if (mode == Mode.VALIDATE) {
            throw new QueueException(
                    ErrorCode.NOT_FOUND, "'" + spec.endpoint().name() + "' does not exist on the table broker");
        } else {
            if (!wanted.topic().isEmpty()
                    && Destination.find(connection, wanted.topic()).isEmpty()) {
                throw new QueueException(
                        ErrorCode.NOT_FOUND, "the topic of '" + spec.endpoint().name() + "' does not exist");
            }
            Rows.update(
                    connection,
                    "insert into destination values (?, ?, ?, ?, ?)",
                    wanted.name(),
                    wanted.kind(),
                    wanted.topic(),
                    wanted.ordered(),
                    wanted.leaseMillis());
        }
    }

    @Override
    public CompletionStage<Description> describe(Spec spec) {
        String name = spec.endpoint().physicalName();
        long now = config.time().currentTimeMillis();
        return later(connection -> {
            if (Destination.find(connection, name).isEmpty()) {
                return Description.ABSENT;
            }
            String ready = "destination = ? and due_at <= ? and lease_until <= ?";
            List<Row> oldest = Rows.page(connection, name, 0, 1);
            return new Description(
                    true,
                    exactly(Rows.count(connection, ready, name, now, now)),
                    exactly(Rows.count(connection, "destination = ? and due_at > ?", name, now)),
                    exactly(Rows.count(connection, "destination = ? and lease_until > ?", name, now)),
                    oldest.stream()
                            .map(row -> Duration.ofMillis(now - row.enqueuedAt()))
                            .findFirst());
        });
    }

    private static Optional<Count> exactly(long value) {
        return Optional.of(new Count(value, true));
    }

    /** The cursor is the number of the last row. */
    @Override
    public CompletionStage<Page> browse(Spec spec, byte @Nullable [] cursor, int max) {
        Objects.requireNonNull(spec, "spec");
        if (max < 1 || (cursor != null && cursor.length != Long.BYTES)) {
            return CompletableFuture.failedFuture(new QueueException(
                    ErrorCode.INVALID_ARGUMENT,
                    "a page of " + max + " messages, or a cursor that is none of this broker"));
        }
        long after = cursor == null ? 0 : ByteBuffer.wrap(cursor).getLong();
        return later(connection -> {
            Destination destination = Destination.get(connection, spec.endpoint());
            List<Row> rows = Rows.page(connection, destination.name(), after, max);
            List<Message> messages = rows.stream().map(TableTopology::browsed).toList();
            Optional<byte[]> next = rows.size() < max
                    ? Optional.empty()
                    : Optional.of(ByteBuffer.allocate(Long.BYTES)
                            .putLong(rows.get(rows.size() - 1).seq())
                            .array());
            return new Page(messages, next);
        });
    }

    private static Message browsed(Row row) {
        return row.message().toBuilder()
                .history(new io.anyqueue.History(row.attempts(), row.deliveries(), row.firstFailedAt()))
                .build();
    }

    @Override
    public CompletionStage<Void> purge(Spec spec) {
        Objects.requireNonNull(spec, "spec");
        return change(connection -> {
            Destination destination = Destination.get(connection, spec.endpoint());
            Rows.update(connection, "delete from message where destination = ?", destination.name());
        });
    }

    @Override
    public CompletionStage<Void> delete(Spec spec) {
        String name = spec.endpoint().physicalName();
        return change(connection -> {
            Rows.update(connection, "delete from message where destination = ?", name);
            Rows.update(connection, "delete from destination where name = ?", name);
        });
    }
}
