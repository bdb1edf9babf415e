package io.anyqueue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The URL, settings and components of a client. Settings are the keys of {@code docs/configuration.md}
 * ({@code anyqueue.url}, {@code anyqueue.consumer.orders.concurrency}, …); an unknown one is refused when the client is
 * opened.
 *
 * <p>Each method changes and returns this object. Not thread-safe; a client takes a copy. Secrets are masked in
 * {@link #toString()} (rule ERR-2).
 */
public final class ClientOptions {
    /** The key of the broker's URL. */
    public static final String URL = "anyqueue.url";

    private static final String CODE = "code";

    private final @Nullable String client;
    private final Map<String, Setting> settings = new LinkedHashMap<>();
    private final List<Object> components = new ArrayList<>();
    private @Nullable SSLContext sslContext;

    private ClientOptions(@Nullable String client) {
        this.client = client;
    }

    /**
     * Options with a URL and defaults; files and the environment are not looked at.
     *
     * @param url the broker
     * @return the options
     */
    public static ClientOptions of(String url) {
        return new ClientOptions(null).set(URL, url);
    }

    /**
     * Options from settings; files and the environment are not looked at.
     *
     * @param settings the settings, by key
     * @return the options
     */
    public static ClientOptions of(Map<String, String> settings) {
        ClientOptions options = new ClientOptions(null);
        Arguments.notNull(settings, "settings").forEach(options::set);
        return options;
    }

    /**
     * Options from outside; a later source beats an earlier one, and each beats what is set in code: {@code anyqueue.properties} on the class path, the file
     * that the environment variable {@code ANYQUEUE_CONFIG} names, {@code ANYQUEUE_URL}, and system properties that begin
     * with {@code anyqueue.}.
     *
     * @return the options
     * @throws QueueException INVALID_ARGUMENT if a file that was named cannot be read
     */
    public static ClientOptions load() {
        return load(null, OptionSources.ofProcess());
    }

    /**
     * Options for one of several clients: its settings are the keys {@code anyqueue.client.<name>.…}, and the others apply
     * where it has none. {@code ANYQUEUE_URL} is not taken: it belongs to the unnamed client.
     *
     * @param client the name
     * @return the options
     * @throws QueueException INVALID_ARGUMENT if there is no {@code anyqueue.client.<name>.url}, or a file that was named
     *     cannot be read
     */
    public static ClientOptions load(String client) {
        return load(SpecNames.destination(client, "client name"), OptionSources.ofProcess());
    }

    static ClientOptions load(@Nullable String client, OptionSources sources) {
        ClientOptions options = new ClientOptions(client);
        options.settings.putAll(client == null ? sources.unnamed() : sources.named(client));
        return options;
    }

    /**
     * Sets a key in code. A value from outside stays as it is: outside beats code.
     *
     * @param key the key
     * @param value the value; {@code ${env:NAME}} and {@code ${file:PATH}} stand for a variable and a file's content, read
     *     again at each connection
     * @return this
     */
    public ClientOptions set(String key, String value) {
        Arguments.notBlank(key, "key");
        Arguments.notNull(value, "value of " + key);
        settings.merge(key, new Setting(value, CODE), (old, own) -> old.origin().equals(CODE) ? own : old);
        return this;
    }

    /**
     * Sets the TLS context, in place of the {@code anyqueue.tls} keys.
     *
     * @param context the context
     * @return this
     */
    public ClientOptions sslContext(SSLContext context) {
        this.sslContext = Arguments.notNull(context, "sslContext");
        return this;
    }

    /**
     * Gives the client a component: a {@code Broker}, {@code Codec}, {@code Clock}, {@code ScheduledExecutorService},
     * {@code Executor} or {@code MeterRegistry}. It is not closed with the client. Others are refused when the client is
     * opened, as are two of a sort other than codecs.
     *
     * @param component the component
     * @return this
     */
    public ClientOptions use(Object component) {
        components.add(Arguments.notNull(component, "component"));
        return this;
    }

    /** {@return the name of the client, if it has one} */
    public Optional<String> client() {
        return Optional.ofNullable(client);
    }

    /** {@return the settings by key, each with its origin; unmodifiable} */
    public Map<String, Setting> settings() {
        return Collections.unmodifiableMap(settings);
    }

    /** {@return the components in the order they were given; unmodifiable} */
    public List<Object> components() {
        return Collections.unmodifiableList(components);
    }

    /** {@return the TLS context, if one was set} */
    public Optional<SSLContext> sslContext() {
        return Optional.ofNullable(sslContext);
    }

    /** {@return the keys and origins; no values} */
    @Override
    public String toString() {
        StringJoiner text = new StringJoiner(", ", "ClientOptions[", "]");
        settings.forEach((key, setting) -> text.add(key + " from " + setting.origin()));
        return text.toString();
    }

    /**
     * A value and where it comes from.
     *
     * @param value the value as it was written
     * @param origin such as {@code code} or the name of a file
     */
    public record Setting(String value, String origin) {
        /** {@return the origin; not the value, which may be a secret} */
        @Override
        public String toString() {
            return "(from " + origin + ")";
        }
    }
}
