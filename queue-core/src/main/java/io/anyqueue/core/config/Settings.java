package io.anyqueue.core.config;

import io.anyqueue.ClientOptions;
import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.spi.BrokerUrl;
import io.anyqueue.spi.Credentials;
import io.anyqueue.spi.TlsOptions;
import io.anyqueue.spi.Topology;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** The settings of a client, checked as a whole when it is opened. Immutable; safe for use by any thread. */
public final class Settings {
    private final Map<String, ClientOptions.Setting> values;
    private final References references;
    private final @Nullable SSLContext sslContext;
    private final BrokerUrl url;

    private Settings(ClientOptions options, References references) {
        this.values = Map.copyOf(options.settings());
        this.references = references;
        this.sslContext = options.sslContext().orElse(null);
        values.forEach((key, setting) -> SettingKeys.check(key, setting.origin()));
        this.url = BrokerUrl.parse(text(ClientOptions.URL)
                .orElseThrow(
                        () -> invalid("anyqueue.url is not set; use ClientOptions.of(url), ANYQUEUE_URL, -Danyqueue.url"
                                + " or a file that ANYQUEUE_CONFIG names")));
        checkValues();
    }

    /** Checks all keys and values. */
    public static Settings of(ClientOptions options) {
        return new Settings(options, new References(System.getenv()));
    }

    public BrokerUrl url() {
        return url;
    }

    /** Read again at each call, as secrets may rotate. */
    public Optional<Credentials> credentials() {
        Optional<String> username = text("anyqueue.username");
        if (username.isPresent()) {
            return Optional.of(
                    new Credentials(username.get(), text("anyqueue.password").orElse("")));
        }
        if (values.containsKey("anyqueue.password")) {
            throw invalid("anyqueue.password is set without anyqueue.username; set both, or put both into the URL");
        }
        return url.credentials();
    }

    public TlsOptions tls() {
        return new TlsOptions(
                text("anyqueue.tls.ca"),
                text("anyqueue.tls.cert"),
                text("anyqueue.tls.key"),
                bool("anyqueue.tls.verify", true),
                Optional.ofNullable(sslContext));
    }

    public Topology.Mode topology() {
        return choice(
                        "anyqueue.topology",
                        Map.of(
                                "create",
                                Topology.Mode.CREATE,
                                "validate",
                                Topology.Mode.VALIDATE,
                                "assume",
                                Topology.Mode.ASSUME))
                .orElse(Topology.Mode.CREATE);
    }

    /** Whether opening fails when the broker is away, rather than wait for it. */
    public boolean failAtStart() {
        return choice("anyqueue.start", Map.of("wait", false, "fail", true)).orElse(false);
    }

    public Map<String, String> nativeProperties() {
        return below(SettingKeys.NATIVE);
    }

    public Map<String, String> nativeArguments(String kind, String name) {
        return below(SettingKeys.PREFIX + kind + "." + name + ".native.");
    }

    /** The broker's own name for a queue or topic: mapped from outside, else given in code, else prefix and logical name. */
    public String physicalName(String kind, String name, Optional<String> inCode) {
        return text(SettingKeys.PREFIX + kind + "." + name + ".name")
                .or(() -> inCode)
                .orElseGet(() -> namePrefix() + name);
    }

    public String namePrefix() {
        return text("anyqueue.name-prefix").orElse("");
    }

    public SendSettings send() {
        return new SendSettings(
                choice("anyqueue.send.when-full", Map.of("block", false, "fail", true))
                        .orElse(false),
                duration("anyqueue.send.wait").orElse(SendSettings.DEFAULT.maxWait()),
                (int) number("anyqueue.send.messages", 1, 8_000_000)
                        .orElse((long) SendSettings.DEFAULT.messages())
                        .longValue(),
                number("anyqueue.send.bytes", 1, 1L << 38).orElse(SendSettings.DEFAULT.bytes()));
    }

    /** The settings of one consumer; what is not set for it comes from {@code anyqueue.consumer.*}. */
    public ConsumerSettings consumer(String source, boolean ordered) {
        refuse(source, "rate");
        refuse(source, "breaker");
        return new ConsumerSettings(
                consumer(source, "enabled", key -> bool(key, true)).orElse(true),
                consumer(source, "concurrency", key ->
                        (int) number(key, 1, 10_000).orElseThrow().longValue()),
                consumer(source, "timeout", key -> positive(key)),
                consumer(source, "retry", key -> RetryText.parse(key, text(key).orElseThrow(), ordered)),
                consumer(
                                source,
                                "expired",
                                key -> choice(key, Map.of("drop", false, "dead-letter", true))
                                        .orElseThrow())
                        .orElse(false),
                consumer(source, "lease-max", key -> positive(key)).orElse(ConsumerSettings.DEFAULT_LEASE_MAX));
    }

    /** One line for the log: every setting with its origin, secrets masked. */
    public String describe() {
        StringBuilder line = new StringBuilder();
        values.keySet().stream()
                .sorted()
                .forEach(key -> line.append(line.isEmpty() ? "" : ", ")
                        .append(key)
                        .append('=')
                        .append(shown(key))
                        .append(" (")
                        .append(origin(key))
                        .append(')'));
        return line.toString();
    }

    private String shown(String key) {
        String lower = key.toLowerCase(Locale.ROOT);
        if (key.equals(ClientOptions.URL)) {
            return url.toString();
        }
        boolean secret = lower.contains("password")
                || lower.contains("secret")
                || lower.contains("token")
                || lower.contains("pass")
                || lower.contains("pwd")
                || lower.contains("credential")
                || lower.contains("jaas")
                || lower.endsWith("key");
        return secret ? "***" : value(key);
    }

    private String value(String key) {
        ClientOptions.Setting setting = values.get(key);
        return setting == null ? "" : setting.value();
    }

    private String origin(String key) {
        ClientOptions.Setting setting = values.get(key);
        return setting == null ? "default" : setting.origin();
    }

    /** A wrong value must fail at connect, not at its first use weeks later. */
    private void checkValues() {
        credentials();
        tls();
        topology();
        failAtStart();
        send();
        for (String key : values.keySet()) {
            text(key);
            if (key.startsWith("anyqueue.consumer.")) {
                consumer(key.split("\\.", 4)[2], false);
            }
        }
    }

    private void refuse(String source, String setting) {
        consumer(source, setting, key -> key).ifPresent(key -> {
            throw new QueueException(
                    ErrorCode.UNSUPPORTED, key + " is set, but this release has no " + setting + " gate; remove it");
        });
    }

    private <V> Optional<V> consumer(String source, String setting, Function<String, V> read) {
        String own = "anyqueue.consumer." + source + "." + setting;
        String common = "anyqueue.consumer.*." + setting;
        return values.containsKey(own)
                ? Optional.of(read.apply(own))
                : values.containsKey(common) ? Optional.of(read.apply(common)) : Optional.empty();
    }

    private Optional<String> text(String key) {
        ClientOptions.Setting setting = values.get(key);
        return setting == null ? Optional.empty() : Optional.of(references.resolve(key, setting.value()));
    }

    private Map<String, String> below(String prefix) {
        Map<String, String> result = new LinkedHashMap<>();
        values.keySet().stream()
                .filter(key -> key.startsWith(prefix))
                .sorted()
                .forEach(key -> text(key).ifPresent(value -> result.put(key.substring(prefix.length()), value)));
        return result;
    }

    private boolean bool(String key, boolean otherwise) {
        return choice(key, Map.of("true", true, "false", false)).orElse(otherwise);
    }

    private <V> Optional<V> choice(String key, Map<String, V> choices) {
        return text(key).map(value -> {
            V chosen = choices.get(value.strip().toLowerCase(Locale.ROOT));
            if (chosen == null) {
                throw invalid(key + "=" + value + " is not one of "
                        + String.join(", ", choices.keySet().stream().sorted().toList()));
            }
            return chosen;
        });
    }

    private Optional<Duration> duration(String key) {
        return text(key).map(value -> Durations.parse(key, value));
    }

    private Duration positive(String key) {
        Duration value = duration(key).orElseThrow();
        if (value.isZero()) {
            throw invalid(key + " must be more than zero");
        }
        return value;
    }

    private Optional<Long> number(String key, long min, long max) {
        return text(key).map(value -> {
            try {
                long number = Long.parseLong(value.strip());
                if (number >= min && number <= max) {
                    return number;
                }
            } catch (NumberFormatException e) {
                throw new QueueException(ErrorCode.INVALID_ARGUMENT, key + "=" + value + " is no whole number", e);
            }
            throw invalid(key + "=" + value + " is not " + min + " to " + max);
        });
    }

    private static QueueException invalid(String message) {
        return new QueueException(ErrorCode.INVALID_ARGUMENT, message);
    }
}
