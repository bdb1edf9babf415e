package io.anyqueue.inmemory.internal;

import io.anyqueue.ErrorCode;
import io.anyqueue.Message;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Spec;
import io.anyqueue.spi.Topology;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Declares and looks at destinations; every stage is complete when it is returned. */
final class InMemoryTopology implements Topology {
    private final InMemoryBroker broker;
    private final Bounds bounds;

    InMemoryTopology(InMemoryBroker broker, Bounds bounds) {
        this.broker = broker;
        this.bounds = bounds;
    }

    @Override
    public CompletionStage<Void> declare(List<Spec> all, Mode mode) {
        Refusals.checkNoNull(all, "specs");
        Refusals.checkNotNull(mode, "mode");
        return run(state -> {
            if (mode == Mode.ASSUME) {
                return null;
            }
            // Each is checked before any is created.
            List<Definition> wanted =
                    all.stream().map(spec -> Definition.of(spec, bounds)).toList();
            for (Definition definition : wanted) {
                state.declare(broker.clock().now(), definition, mode == Mode.CREATE);
            }
            return null;
        });
    }

    @Override
    public CompletionStage<Description> describe(Spec spec) {
        return run(state -> {
            state.advance(broker.clock().now());
            Destination found = find(state, spec);
            if (found instanceof Source source) {
                return describe(source, state.now());
            }
            return found instanceof Topic topic
                    ? new Description(
                            true, Optional.empty(), count(topic.delayed()), Optional.empty(), Optional.empty())
                    : Description.ABSENT;
        });
    }

    private static Description describe(Source source, long now) {
        Entry oldest = source.oldestReady();
        return new Description(
                true,
                count(source.ready()),
                count(source.delayed()),
                count(source.leased()),
                oldest == null ? Optional.empty() : Optional.of(Duration.ofNanos(now - oldest.storedAt)));
    }

    private static Optional<Count> count(long value) {
        return Optional.of(new Count(value, true));
    }

    @Override
    public CompletionStage<Page> browse(Spec spec, byte @Nullable [] cursor, int max) {
        return run(state -> {
            if (max < 1) {
                throw invalid("the size of a page must be 1 or more, is " + max);
            }
            long behind = sequence(cursor);
            state.advance(broker.clock().now());
            List<Entry> entries = source(state, spec).list(behind, max);
            List<Message> messages = entries.stream().map(Entry::withHistory).toList();
            return new Page(
                    messages,
                    entries.size() < max
                            ? Optional.empty()
                            : Optional.of(cursor(entries.get(entries.size() - 1).sequence)));
        });
    }

    private static byte[] cursor(long sequence) {
        return ByteBuffer.allocate(Long.BYTES).putLong(sequence).array();
    }

    private static long sequence(byte @Nullable [] cursor) {
        if (cursor == null) {
            return 0;
        }
        if (cursor.length != Long.BYTES) {
            throw invalid("the cursor is not one of the in-memory broker");
        }
        return ByteBuffer.wrap(cursor).getLong();
    }

    @Override
    public CompletionStage<Void> purge(Spec spec) {
        return run(state -> {
            state.purge(broker.clock().now(), source(state, spec));
            return null;
        });
    }

    @Override
    public CompletionStage<Void> delete(Spec spec) {
        return run(state -> {
            Destination found = find(state, spec);
            if (found != null) {
                state.delete(broker.clock().now(), found);
            }
            return null;
        });
    }

    private static @Nullable Destination find(BrokerState state, Spec spec) {
        return state.find(spec.endpoint().physicalName(), spec.endpoint());
    }

    private static Source source(BrokerState state, Spec spec) {
        Destination found = find(state, spec);
        if (found == null) {
            throw Refusals.of(Outcome.NOT_FOUND, spec.endpoint());
        }
        if (found instanceof Source source) {
            return source;
        }
        throw invalid("topic " + spec.endpoint().physicalName() + " holds no messages itself; name a subscription");
    }

    private <T extends @Nullable Object> CompletionStage<T> run(Function<BrokerState, T> command) {
        BrokerState state = broker.enter();
        try {
            broker.checkOpen();
            return CompletableFuture.completedFuture(command.apply(state));
        } catch (QueueException e) {
            return CompletableFuture.failedFuture(e);
        } finally {
            broker.leave();
        }
    }

    private static QueueException invalid(String message) {
        return new QueueException(ErrorCode.INVALID_ARGUMENT, message);
    }
}
