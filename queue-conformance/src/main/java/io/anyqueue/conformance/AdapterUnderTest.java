package io.anyqueue.conformance;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.BrokerProvider;
import io.anyqueue.spi.BrokerUrl;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * An adapter with its broker, as the kit sees it: how to connect, and hooks for what only its author can do. Every hook is
 * optional; cases that need a missing one are NOT_SUPPORTED in the report. Each method changes and returns this object, which
 * is not to be changed any more once the kit runs.
 */
public final class AdapterUnderTest {
    private final String name;
    private final UnaryOperator<String> url;
    private final Map<String, String> settings = new LinkedHashMap<>();
    private final Set<Means> means = EnumSet.noneOf(Means.class);
    private @Nullable BrokerProvider provider;
    private volatile @Nullable BrokerProvider found;
    private Supplier<String> brokerVersion = () -> "unknown";
    private String configuration = "default";
    private Duration lease = Duration.ofSeconds(2);
    private int parallel = 4;
    private Path reports = Path.of("docs", "conformance");
    private @Nullable Supplier<TestClock> clock;
    private @Nullable Interruption restart;
    private @Nullable Interruption kill;
    private @Nullable Interruption outage;
    private @Nullable Interruption networkCut;
    private @Nullable Consumer<Broker> clientCrash;
    private @Nullable NativeAccess nativeAccess;
    private Map<String, String> wrongCredentials = Map.of();
    private String unreachable = "";

    private AdapterUnderTest(String name, UnaryOperator<String> url) {
        if (!name.matches("[a-z0-9][a-z0-9-]*")) {
            throw new QueueException(
                    ErrorCode.INVALID_ARGUMENT,
                    "an adapter's name is a-z, 0-9 and '-', as it names files, not " + name);
        }
        this.name = name;
        this.url = url;
    }

    /**
     * An adapter whose broker is reached at one URL.
     *
     * @param name names the report: lower case letters, digits and '-'
     * @param url the URL
     * @return the adapter
     */
    public static AdapterUnderTest of(String name, String url) {
        return new AdapterUnderTest(name, trial -> url);
    }

    /**
     * An adapter that has a broker for each case, as one in memory may.
     *
     * @param name names the report: lower case letters, digits and '-'
     * @param url gives the URL from a name that is unique for each case
     * @return the adapter
     */
    public static AdapterUnderTest of(String name, UnaryOperator<String> url) {
        return new AdapterUnderTest(name, url);
    }

    /**
     * Uses a provider rather than the one that {@code ServiceLoader} finds for the URL's scheme.
     *
     * @param given the provider
     * @return this
     */
    public AdapterUnderTest provider(BrokerProvider given) {
        this.provider = given;
        return this;
    }

    /**
     * Says which broker it is.
     *
     * @param version gives the version; asked once the first connection is made
     * @return this
     */
    public AdapterUnderTest brokerVersion(Supplier<String> version) {
        this.brokerVersion = version;
        return this;
    }

    /**
     * Says in which configuration the broker is tested; each has a report of its own.
     *
     * @param text a word, default {@code default}
     * @return this
     */
    public AdapterUnderTest configuration(String text) {
        this.configuration = text;
        return this;
    }

    /**
     * A setting, as in {@code anyqueue.properties}: {@code anyqueue.username}, {@code anyqueue.native.…}, {@code anyqueue.tls.…}.
     *
     * @param key the key
     * @param value the value
     * @return this
     */
    public AdapterUnderTest setting(String key, String value) {
        settings.put(key, value);
        return this;
    }

    /**
     * The lease that cases use: as short as the broker keeps exactly.
     *
     * @param duration default 2 s
     * @return this
     */
    public AdapterUnderTest lease(Duration duration) {
        this.lease = duration;
        return this;
    }

    /**
     * How many cases run at once; those that disturb the broker run alone.
     *
     * @param cases 1 or more, default 4
     * @return this
     */
    public AdapterUnderTest parallel(int cases) {
        this.parallel = cases;
        return this;
    }

    /**
     * Where the reports are kept that are committed.
     *
     * @param folder default {@code docs/conformance}
     * @return this
     */
    public AdapterUnderTest reports(Path folder) {
        this.reports = folder;
        return this;
    }

    /**
     * Turns the clock instead of waiting, in the adapter suite; only for an adapter without a broker of its own.
     *
     * @param clocks gives a new clock for each case
     * @return this
     */
    public AdapterUnderTest clock(Supplier<TestClock> clocks) {
        this.clock = clocks;
        return this;
    }

    /**
     * Stops the broker in order and starts it with its data.
     *
     * @param hook begin stops, end starts
     * @return this
     */
    public AdapterUnderTest restart(Interruption hook) {
        means.add(Means.RESTART);
        this.restart = hook;
        return this;
    }

    /**
     * Kills the broker's process, as {@code kill -9} does, and starts it with its data.
     *
     * @param hook begin kills, end starts
     * @return this
     */
    public AdapterUnderTest kill(Interruption hook) {
        means.add(Means.KILL);
        this.kill = hook;
        return this;
    }

    /**
     * Makes the broker unreachable for a while, by stopping it or by suspending its process.
     *
     * @param hook begins and ends it
     * @return this
     */
    public AdapterUnderTest outage(Interruption hook) {
        means.add(Means.OUTAGE);
        this.outage = hook;
        return this;
    }

    /**
     * Cuts the network between the clients and the broker, without either being told.
     *
     * @param hook begin cuts, end heals
     * @return this
     */
    public AdapterUnderTest networkCut(Interruption hook) {
        means.add(Means.NETWORK_CUT);
        this.networkCut = hook;
        return this;
    }

    /**
     * Breaks one client's session at once, as if its process had died or its connection had been cut by the broker; the client
     * may connect again. The hook waits for a client that is about to connect, and if it can until the client has noticed.
     *
     * @param hook is given the broker object whose session to break
     * @return this
     */
    public AdapterUnderTest clientCrash(Consumer<Broker> hook) {
        means.add(Means.CLIENT_CRASH);
        this.clientCrash = hook;
        return this;
    }

    /**
     * Writes as a foreign program does.
     *
     * @param hook the broker's own client
     * @return this
     */
    public AdapterUnderTest natively(NativeAccess hook) {
        means.add(Means.NATIVE_ACCESS);
        this.nativeAccess = hook;
        return this;
    }

    /**
     * Settings with which the broker must refuse the client, such as a wrong password.
     *
     * @param changed replace those of {@link #setting}
     * @return this
     */
    public AdapterUnderTest wrongCredentials(Map<String, String> changed) {
        means.add(Means.WRONG_CREDENTIALS);
        this.wrongCredentials = Map.copyOf(changed);
        return this;
    }

    /**
     * A URL at which there is no broker: a port of this host that nobody listens on.
     *
     * @param url the URL
     * @return this
     */
    public AdapterUnderTest unreachable(String url) {
        means.add(Means.UNREACHABLE);
        this.unreachable = url;
        return this;
    }

    /** {@return the name} */
    public String name() {
        return name;
    }

    /**
     * The URL for a case.
     *
     * @param trial unique for each case
     * @return the URL
     */
    public String url(String trial) {
        return url.apply(trial);
    }

    /** {@return the settings beside the URL} */
    public Map<String, String> settings() {
        return Map.copyOf(settings);
    }

    /** {@return the provider that was given, if one was} */
    public Optional<BrokerProvider> givenProvider() {
        return Optional.ofNullable(provider);
    }

    /** {@return the provider: the given one, or that of the URL's scheme} */
    public BrokerProvider provider() {
        if (provider != null) {
            return provider;
        }
        BrokerProvider known = found;
        if (known == null) {
            known = find();
            found = known;
        }
        return known;
    }

    private BrokerProvider find() {
        String scheme = BrokerUrl.parse(url("probe")).scheme();
        return ServiceLoader.load(BrokerProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(candidate -> candidate.schemes().contains(scheme))
                .findFirst()
                .orElseThrow(() -> new QueueException(
                        ErrorCode.UNSUPPORTED,
                        "no adapter for " + scheme + ": is on the class path; is it named in META-INF/services?"));
    }

    /** {@return the broker's version} */
    public String brokerVersion() {
        return brokerVersion.get();
    }

    /** {@return the configuration} */
    public String configuration() {
        return configuration;
    }

    /** {@return the lease that cases use} */
    public Duration lease() {
        return lease;
    }

    /** {@return how many cases run at once} */
    public int parallel() {
        return parallel;
    }

    /** {@return where reports are kept} */
    public Path reports() {
        return reports;
    }

    /** {@return whether a hook was given} */
    public Set<Means> means() {
        return Set.copyOf(means);
    }

    /** {@return a new clock to turn, if there is one} */
    public Optional<TestClock> newClock() {
        return Optional.ofNullable(clock).map(Supplier::get);
    }

    /**
     * An interruption of the broker.
     *
     * @param which RESTART, KILL, OUTAGE or NETWORK_CUT
     * @return the hook
     */
    public Interruption interruption(Means which) {
        return needed(
                which,
                switch (which) {
                    case RESTART -> restart;
                    case KILL -> kill;
                    case OUTAGE -> outage;
                    case NETWORK_CUT -> networkCut;
                    default -> null;
                });
    }

    /** {@return the hook that breaks a client's session} */
    public Consumer<Broker> clientCrash() {
        return needed(Means.CLIENT_CRASH, clientCrash);
    }

    /** {@return the hook that writes natively} */
    public NativeAccess nativeAccess() {
        return needed(Means.NATIVE_ACCESS, nativeAccess);
    }

    /** {@return settings with which the broker refuses the client} */
    public Map<String, String> wrongCredentials() {
        return wrongCredentials;
    }

    /** {@return a URL without a broker} */
    public String unreachable() {
        return unreachable;
    }

    private static <T> T needed(Means which, @Nullable T hook) {
        if (hook == null) {
            throw new IllegalStateException("there is no hook for " + which);
        }
        return hook;
    }
}
