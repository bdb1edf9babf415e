package io.anyqueue.kafka.internal;

import io.anyqueue.ErrorCode;
import io.anyqueue.Feature;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Spec;
import io.anyqueue.spi.Topology;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Declares, describes, purges and deletes (rules RCV-1, ERR-1, CAP-1). Safe for use by any thread; waits on the client's executor. */
final class KafkaTopology implements Topology {
    private final Clients clients;
    private final TopicPresence presence;

    KafkaTopology(Clients clients, TopicPresence presence) {
        this.clients = clients;
        this.presence = presence;
    }

    @Override
    public CompletionStage<Void> declare(List<Spec> all, Mode mode) {
        Objects.requireNonNull(mode, "mode");
        List<Spec> specs = List.copyOf(all);
        try {
            specs.forEach(this::check);
        } catch (QueueException e) {
            return CompletableFuture.failedFuture(e);
        }
        if (specs.isEmpty() || mode == Mode.ASSUME) {
            return CompletableFuture.completedFuture(null);
        }
        String names = String.join(
                ", ", specs.stream().map(spec -> spec.endpoint().name()).toList());
        return tell("declare " + names, () -> {
            Declarer declarer = new Declarer(clients);
            for (Spec spec : specs) {
                if (mode == Mode.CREATE) {
                    declarer.create(spec);
                } else {
                    declarer.validate(spec);
                }
            }
        });
    }

    private void check(Spec spec) {
        Names.check(spec.endpoint());
        TopicArguments.check(spec, clients.settings());
        if (spec.priorities() > 1) {
            throw unsupported(spec, Feature.PRIORITIES, spec.priorities() + " priorities");
        }
        if (spec.ordered() && spec.delays()) {
            throw unsupported(spec, Feature.DELAYED_SEND, "delays");
        }
        if (spec.shards() < 1 || spec.shards() > Settings.MOST_PARTITIONS) {
            throw invalid("'" + spec.endpoint().name() + "' on Kafka can have 1 to " + Settings.MOST_PARTITIONS
                    + " shards, not " + spec.shards());
        }
    }

    private static QueueException unsupported(Spec spec, Feature feature, String what) {
        return new QueueException(
                ErrorCode.UNSUPPORTED,
                "'" + spec.endpoint().name() + "' asks for " + what + ": " + KafkaCapabilities.absence(spec, feature));
    }

    @Override
    public CompletionStage<Description> describe(Spec spec) {
        Layout layout = Layout.of(spec);
        return ask("describe " + spec.endpoint().name(), () -> new Descriptions(clients).describe(layout));
    }

    @Override
    public CompletionStage<Page> browse(Spec spec, byte @Nullable [] cursor, int max) {
        Objects.requireNonNull(spec, "spec");
        if (max < 1) {
            return CompletableFuture.failedFuture(invalid("a page has 1 message or more, not " + max));
        }
        Layout layout = Layout.of(spec);
        if (clients.settings().shared() && !spec.ordered() && !layout.isTopic()) {
            return CompletableFuture.failedFuture(new QueueException(
                    ErrorCode.UNSUPPORTED,
                    "'" + spec.endpoint().name() + "' cannot be browsed: "
                            + KafkaCapabilities.absence(
                                    SharedCapabilities.support(Feature.BROWSE, spec, clients.settings()),
                                    Feature.BROWSE)));
        }
        if (layout.isTopic()) {
            return CompletableFuture.failedFuture(
                    invalid("topic '" + spec.endpoint().name() + "' holds no messages itself; name a subscription"));
        }
        return ask(
                "browse " + spec.endpoint().name(),
                () -> new Descriptions(clients).browse(layout, Browser.positions(cursor), max));
    }

    @Override
    public CompletionStage<Void> purge(Spec spec) {
        Layout layout = Layout.of(spec);
        if (layout.isTopic()) {
            return CompletableFuture.failedFuture(
                    invalid("topic '" + spec.endpoint().name() + "' holds no messages itself; name a subscription"));
        }
        return tell("purge " + spec.endpoint().name(), () -> new Removals(clients).purge(layout));
    }

    @Override
    public CompletionStage<Void> delete(Spec spec) {
        Layout layout = Layout.of(spec);
        return tell("delete " + spec.endpoint().name(), () -> {
            presence.forget(layout.topic());
            new Removals(clients).delete(layout);
            presence.forget(layout.topic());
        });
    }

    /** A question that waits for brokers. */
    private interface Task {
        void run() throws Exception;
    }

    private CompletionStage<Void> tell(String what, Task task) {
        return ask(what, () -> {
                    task.run();
                    return Optional.empty();
                })
                .thenApply(done -> null);
    }

    private <T> CompletionStage<T> ask(String what, Callable<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        try {
            clients.config().executor().execute(() -> {
                try {
                    answer.complete(question.call());
                } catch (Exception e) {
                    QueueException why = Failures.of(what, e);
                    clients.health().heard(why);
                    answer.completeExceptionally(why);
                }
            });
        } catch (java.util.concurrent.RejectedExecutionException e) {
            answer.completeExceptionally(new QueueException(ErrorCode.CLOSED, "the client is closed", e));
        }
        return answer;
    }

    private static QueueException invalid(String message) {
        return new QueueException(ErrorCode.INVALID_ARGUMENT, message);
    }
}
