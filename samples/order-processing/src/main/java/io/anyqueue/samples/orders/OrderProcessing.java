package io.anyqueue.samples.orders;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueException;
import io.anyqueue.samples.orders.OutcomeStore.StateException;
import io.anyqueue.samples.orders.Progress.Display;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** The command {@code order-processing}. Orders, payments and events are make-believe; the queue, retries and dead letters are not. */
public final class OrderProcessing {
    /**
     * How long nothing may happen. What a run that was killed was handling comes again when its lease of 90 s is over, and until
     * then the other orders of that customer wait.
     */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final int OK = 0;
    private static final int FAILED = 1;
    private static final int USAGE = 2;

    /** What the broker says when it is not at fault: the URL or a setting is wrong, or it cannot do what the sample needs. */
    private static final Set<ErrorCode> OUR_FAULT = EnumSet.of(ErrorCode.INVALID_ARGUMENT, ErrorCode.UNSUPPORTED);

    private final InputStream in;
    private final PrintStream out;
    private final Display display;
    private final Duration patience;
    private final AtomicReference<@Nullable Run> running = new AtomicReference<>();
    private volatile boolean stopped;

    OrderProcessing(InputStream in, PrintStream out, Display display, Duration patience) {
        this.in = in;
        this.out = out;
        this.display = display;
        this.patience = patience;
    }

    /**
     * Runs the command and ends the process with its exit code.
     *
     * @param args see {@code --help}
     */
    public static void main(String[] args) {
        Display display = Terminal.isStandardError() ? Display.terminal(System.err) : Display.plain(System.err);
        OrderProcessing command = new OrderProcessing(System.in, System.out, display, PATIENCE);
        // SIGTERM and Ctrl-C: give handlers their time, close the state, and let the process end.
        Runtime.getRuntime().addShutdownHook(new Thread(command::stop, "stop"));
        System.exit(command.run(args));
    }

    /** {@return the exit code} */
    int run(String... args) {
        Options options = new Options();
        CommandLine commandLine = new CommandLine(options);
        try {
            commandLine.parseArgs(args);
            if (commandLine.isUsageHelpRequested()) {
                commandLine.usage(out);
                return OK;
            }
            if (commandLine.isVersionHelpRequested()) {
                commandLine.printVersionHelp(out);
                return OK;
            }
            Summary summary = process(options);
            out.print(options.json ? summary.json() + System.lineSeparator() : summary.text());
            out.flush();
            return OK;
        } catch (ParameterException | UsageException e) {
            return error(USAGE, e.getMessage() + " (see --help)");
        } catch (QueueException e) {
            return error(OUR_FAULT.contains(e.code()) ? USAGE : FAILED, e.getMessage());
        } catch (RunFailedException | StateException | IOException e) {
            return error(FAILED, e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return error(FAILED, "interrupted");
        }
    }

    /** Stops the run, if there is one, and returns when it has stopped; its thread may still wait for the standard input. */
    void stop() {
        Run run = running.get();
        if (run != null) {
            stopped = true;
            run.stop();
        }
    }

    private Summary process(Options options)
            throws UsageException, RunFailedException, InterruptedException, IOException {
        Run.Settings settings = options.settings(patience);
        // Closed from the last to the first: the handlers have ended when the state is closed.
        try (InputStream input = Input.open(options.input, in);
                Outcomes outcomes = new Outcomes(store(options));
                QueueClient client = QueueClient.connect(options.client());
                Progress progress = new Progress(display, outcomes::totals)) {
            Run run = new Run(client, outcomes, progress, settings);
            running.set(run);
            return run.execute(input);
        } finally {
            running.set(null);
        }
    }

    private static OutcomeStore store(Options options) throws UsageException {
        return options.state == null ? OutcomeStore.NONE : DatabaseStore.open(options.state);
    }

    /** What fails because the run was stopped needs no words: the run itself said so. */
    private int error(int exitCode, @Nullable String message) {
        if (stopped) {
            return exitCode;
        }
        display.stream().println("order-processing: " + MalformedOrderException.oneLine(String.valueOf(message)));
        return exitCode;
    }
}
