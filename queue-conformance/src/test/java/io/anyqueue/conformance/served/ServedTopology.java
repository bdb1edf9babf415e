package io.anyqueue.conformance.served;

import io.anyqueue.spi.Spec;
import io.anyqueue.spi.Topology;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Declares while the server is there. Any thread. */
final class ServedTopology implements Topology {
    private final ServedBroker broker;
    private final Set<Spec> declared;

    ServedTopology(ServedBroker broker, Set<Spec> declared) {
        this.broker = broker;
        this.declared = declared;
    }

    private <T> CompletionStage<T> served(Supplier<CompletionStage<T>> call) {
        return broker.server
                .refusal(broker.config)
                .<CompletionStage<T>>map(CompletableFuture::failedFuture)
                .orElseGet(call);
    }

    @Override
    public CompletionStage<Void> declare(List<Spec> all, Mode mode) {
        List<Spec> specs = all.stream().map(ServedBroker::lasting).toList();
        return served(() -> {
            declared.addAll(specs);
            return broker.real.topology().declare(specs, mode);
        });
    }

    @Override
    public CompletionStage<Description> describe(Spec spec) {
        return served(() -> broker.real.topology().describe(spec));
    }

    @Override
    public CompletionStage<Page> browse(Spec spec, byte[] cursor, int max) {
        return served(() -> broker.real.topology().browse(spec, cursor, max));
    }

    @Override
    public CompletionStage<Void> purge(Spec spec) {
        return served(() -> broker.real.topology().purge(spec));
    }

    @Override
    public CompletionStage<Void> delete(Spec spec) {
        return served(() -> broker.real.topology().delete(spec));
    }
}
