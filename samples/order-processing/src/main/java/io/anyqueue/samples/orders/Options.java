package io.anyqueue.samples.orders;

import io.anyqueue.ClientOptions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;

/** The command line. */
@Command(
        name = "order-processing",
        description = "Handles orders through an ordered queue and a topic with three subscriptions.",
        mixinStandardHelpOptions = true,
        versionProvider = Options.Version.class,
        sortOptions = false,
        usageHelpAutoWidth = true,
        footer = {
            "",
            "Exit code: 0 all orders were handled; 1 the run failed or was stopped; 2 the command is wrong.",
            "Progress and messages go to the standard error, the summary to the standard output."
        })
final class Options {
    @Option(
            names = "--broker",
            paramLabel = "URL",
            description = "The broker. Default: what ANYQUEUE_URL or ANYQUEUE_CONFIG say, else inmemory:")
    @Nullable
    String broker;

    @Option(
            names = "--input",
            paramLabel = "FILE",
            description = "Orders as JSON lines, gzip or not; - is the standard input. Default: a small built-in file.")
    @Nullable
    String input;

    @Option(
            names = "--fail-rate",
            paramLabel = "SHARE",
            defaultValue = "0.1",
            description = "The share of orders whose first payment fails, 0 to 1. Default: ${DEFAULT-VALUE}")
    double failRate;

    @Option(
            names = "--concurrency",
            paramLabel = "N",
            defaultValue = "4",
            description = "Handlers that run at once, for orders and for each subscription. Default: ${DEFAULT-VALUE}")
    int concurrency;

    @Option(names = "--json", description = "Print the summary as one line of JSON.")
    boolean json;

    @Option(
            names = "--state",
            paramLabel = "DIR",
            description = "Keep outcomes in a database in this directory: a run that was killed and is started again"
                    + " counts nothing twice and summarises the whole.")
    @Nullable
    String state;

    Run.Settings settings(Duration patience) throws UsageException {
        if (!(failRate >= 0 && failRate <= 1)) {
            throw new UsageException("--fail-rate must be 0 to 1, is " + failRate);
        }
        if (concurrency < 1 || concurrency > 10_000) {
            throw new UsageException("--concurrency must be 1 to 10000, is " + concurrency);
        }
        return new Run.Settings(failRate, concurrency, patience);
    }

    /** The URL of the command line beats what stands outside, and without any the sample needs no broker at all. */
    ClientOptions client() {
        ClientOptions options = ClientOptions.load();
        if (broker != null) {
            options.set(ClientOptions.URL, broker);
        } else if (!options.settings().containsKey(ClientOptions.URL)) {
            options.set(ClientOptions.URL, "inmemory:");
        }
        return options;
    }

    /** The version of the jar; classes that were not packed have none. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Options.class.getPackage().getImplementationVersion();
            return new String[] {"order-processing " + (version == null ? "(not packaged)" : version)};
        }
    }
}
