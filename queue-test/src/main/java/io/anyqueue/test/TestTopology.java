package io.anyqueue.test;

import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.Spec;
import io.anyqueue.spi.Topology;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Remembers what was declared, and fails while the broker is away. Used by the test's thread. */
final class TestTopology implements Topology {
    private final Topology inner;
    private final Faults faults;
    private final Map<String, Endpoint> declared;

    TestTopology(Topology inner, Faults faults, Map<String, Endpoint> declared) {
        this.inner = inner;
        this.faults = faults;
        this.declared = declared;
    }

    @Override
    public CompletionStage<Void> declare(List<Spec> all, Mode mode) {
        return reached(
                "declare",
                () -> inner.declare(all, mode)
                        .thenRun(() ->
                                all.forEach(spec -> declared.put(spec.endpoint().name(), spec.endpoint()))));
    }

    @Override
    public CompletionStage<Description> describe(Spec spec) {
        return reached("describe", () -> inner.describe(spec));
    }

    @Override
    public CompletionStage<Page> browse(Spec spec, byte @Nullable [] cursor, int max) {
        return reached("browse", () -> inner.browse(spec, cursor, max));
    }

    @Override
    public CompletionStage<Void> purge(Spec spec) {
        return reached("purge", () -> inner.purge(spec));
    }

    @Override
    public CompletionStage<Void> delete(Spec spec) {
        return reached("delete", () -> inner.delete(spec));
    }

    private <V> CompletionStage<V> reached(String what, Supplier<CompletionStage<V>> call) {
        return faults.down(what)
                .<CompletionStage<V>>map(CompletableFuture::failedFuture)
                .orElseGet(call);
    }
}
