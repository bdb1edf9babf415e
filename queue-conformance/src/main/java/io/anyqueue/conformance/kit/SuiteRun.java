package io.anyqueue.conformance.kit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Runs cases side by side, and those that disturb the broker one after the other when all others have ended. Used by one thread.
 */
public final class SuiteRun implements AutoCloseable {
    private final ExecutorService pool;
    private final List<Runnable> disturbing = new ArrayList<>();
    private final Map<Case, CompletableFuture<Result>> results = new LinkedHashMap<>();
    private CompletableFuture<?> quiet = CompletableFuture.completedFuture(null);

    /**
     * A run.
     *
     * @param parallel how many cases at once
     */
    public SuiteRun(int parallel) {
        this.pool = Executors.newFixedThreadPool(parallel, Resources.daemon("conformance-run"));
    }

    /**
     * Adds cases; those that disturb nobody begin at once.
     *
     * @param cases the cases
     * @param runner runs them
     */
    public void add(List<Case> cases, Runner runner) {
        for (Case test : cases) {
            CompletableFuture<Result> result = new CompletableFuture<>();
            if (results.put(test, result) != null) {
                throw new IllegalArgumentException("case " + test.id() + " is listed twice");
            }
            Runnable run = () -> result.complete(runner.run(test));
            if (test.disturbs()) {
                disturbing.add(run);
            } else {
                quiet = CompletableFuture.allOf(quiet, result);
                pool.execute(run);
            }
        }
    }

    /** Begins with the cases that disturb the broker once all others have ended; to be called when all were added. */
    public void disturb() {
        List<Runnable> all = List.copyOf(disturbing);
        disturbing.clear();
        var unused = quiet.thenRunAsync(() -> all.forEach(Runnable::run), pool);
    }

    /**
     * Waits for a case.
     *
     * @param test the case
     * @return what became of it
     */
    public Result result(Case test) {
        CompletableFuture<Result> result = results.get(test);
        if (result == null) {
            throw new IllegalArgumentException("case " + test.id() + " is not in this run");
        }
        return result.join();
    }

    /** {@return whether every case has ended} */
    public boolean isComplete() {
        return results.values().stream().allMatch(CompletableFuture::isDone);
    }

    @Override
    public void close() {
        pool.shutdownNow();
    }
}
