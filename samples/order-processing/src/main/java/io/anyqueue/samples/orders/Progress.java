package io.anyqueue.samples.orders;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Shows how far a run is: on a terminal as one line that is written over again and again, elsewhere as a plain line now and
 * then. Safe for use by any thread.
 */
final class Progress implements AutoCloseable {
    /**
     * Where progress goes.
     *
     * @param stream the stream; not the one of the summary, which others may want to read
     * @param live whether it is a terminal
     * @param interval how often to show
     */
    record Display(PrintStream stream, boolean live, Duration interval) {
        static Display terminal(PrintStream stream) {
            return new Display(stream, true, Duration.ofMillis(200));
        }

        static Display plain(PrintStream stream) {
            return new Display(stream, false, Duration.ofSeconds(5));
        }
    }

    private final Display display;
    private final Supplier<Totals> totals;
    private final ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "progress");
        thread.setDaemon(true);
        return thread;
    });
    private int shown;

    Progress(Display display, Supplier<Totals> totals) {
        this.display = display;
        this.totals = totals;
    }

    void start() {
        long nanos = display.interval().toNanos();
        var unused = ticker.scheduleAtFixedRate(this::show, nanos, nanos, TimeUnit.NANOSECONDS);
    }

    /** Shows the figures of this moment. */
    synchronized void show() {
        String line = line(totals.get());
        if (display.live()) {
            clear();
            display.stream().print(line);
            display.stream().flush();
            shown = line.length();
        } else {
            display.stream().println(line);
        }
    }

    /** Writes a line that stays. */
    synchronized void note(String line) {
        clear();
        display.stream().println(line);
    }

    /** Shows no more. */
    @Override
    public synchronized void close() {
        ticker.shutdownNow();
        clear();
    }

    private void clear() {
        if (shown > 0) {
            display.stream().print("\r" + " ".repeat(shown) + "\r");
            display.stream().flush();
            shown = 0;
        }
    }

    /** Short enough for a terminal of 80 columns, or it would not be written over. */
    private static String line(Totals totals) {
        long events =
                totals.events().values().stream().mapToLong(Long::longValue).sum();
        return String.format(
                Locale.ROOT,
                "%,d read, %,d handled (%,d accepted, %,d dead), %,d events",
                totals.read(),
                totals.settled(),
                totals.accepted(),
                totals.dead(),
                events);
    }
}
