package io.anyqueue.conformance.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.ErrorCode;
import io.anyqueue.Health;
import io.anyqueue.QueueException;
import io.anyqueue.conformance.Means;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.Refusal;
import io.anyqueue.conformance.kit.TestReceiver;
import io.anyqueue.conformance.kit.TimeScale;
import io.anyqueue.conformance.kit.Trial;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.Spec;
import io.anyqueue.spi.Topology.Mode;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Wrong settings, wrong credentials and no broker (rules ERR-1, ERR-2, SEC-1). */
final class ErrorCases {
    private static final String SECRET = "kit-s3cret-value";

    /** The longest time to make sure that nothing can be reached. */
    private static final Duration CONNECT = Duration.ofSeconds(30);

    /** More than a backoff does in two seconds. */
    private static final int TIGHT = 20;

    private ErrorCases() {}

    static List<Case> all() {
        return List.of(
                Case.of("ERR-2/unknown-property", "An unknown native property is refused", ErrorCases::unknownProperty),
                Case.of(
                        "ERR-2/unknown-parameter",
                        "An unknown parameter of the URL is refused",
                        ErrorCases::unknownParameter),
                Case.of(
                        "ERR-2/unknown-argument",
                        "An unknown native argument of a queue is refused",
                        ErrorCases::unknownArgument),
                Case.of("SEC-1/no-secret-in-a-refusal", "A refusal shows no password", ErrorCases::noSecretInRefusal),
                Case.of(
                        "SEC-1/no-secret-in-text",
                        "What the adapter's objects look like as text shows no secret",
                        ErrorCases::noSecretInText),
                Case.of(
                        "ERR-1/unwrap",
                        "Asking for a native object that there is not gives nothing",
                        ErrorCases::unwrap),
                Case.of("LIF-4/healthy", "A client that works is UP", ErrorCases::healthy),
                Case.of(
                                "ERR-2/unreachable",
                                "Without a broker connecting returns and declaring is UNAVAILABLE",
                                ErrorCases::unreachable)
                        .needs(Means.UNREACHABLE),
                Case.of(
                                "ERR-2/wrong-credentials",
                                "Wrong credentials are UNAUTHENTICATED and not tried in a tight loop",
                                ErrorCases::wrongCredentials)
                        .needs(Means.WRONG_CREDENTIALS));
    }

    private static Map<String, String> settings(Trial trial, Map<String, String> changed) {
        Map<String, String> settings = new HashMap<>(trial.adapter().settings());
        settings.putAll(changed);
        return settings;
    }

    private static String with(String url, String parameter) {
        return url + (url.contains("?") ? "&" : "?") + parameter;
    }

    private static void unknownProperty(Trial trial) {
        QueueException refusal = Refusal.of(
                trial,
                "connect with anyqueue.native.no-such-property",
                ErrorCode.INVALID_ARGUMENT,
                () -> trial.connect(settings(trial, Map.of("anyqueue.native.no-such-property", "1"))));
        assertThat(refusal).hasMessageContaining("no-such-property");
    }

    private static void unknownParameter(Trial trial) {
        QueueException refusal = Refusal.of(
                trial,
                "connect to a URL with no-such-parameter",
                ErrorCode.INVALID_ARGUMENT,
                () -> trial.connect(
                        with(trial.url(), "no-such-parameter=1"),
                        trial.adapter().settings()));
        assertThat(refusal).hasMessageContaining("no-such-parameter");
    }

    private static void unknownArgument(Trial trial) {
        Spec queue = trial.plainQueue().withNativeArguments(Map.of("no-such-argument", "1"));
        QueueException refusal = Refusal.of(
                trial,
                "declare with no-such-argument",
                ErrorCode.INVALID_ARGUMENT,
                () -> trial.broker().topology().declare(List.of(queue), Mode.CREATE));
        assertThat(refusal).hasMessageContaining("no-such-argument");
    }

    private static void noSecretInRefusal(Trial trial) {
        QueueException refusal = Refusal.of(
                trial,
                "connect to a URL with no-such-parameter",
                ErrorCode.INVALID_ARGUMENT,
                () -> trial.connect(
                        with(trial.url(), "no-such-parameter=1&password=" + SECRET),
                        settings(trial, Map.of("anyqueue.username", "kit", "anyqueue.password", SECRET))));
        noneOf(Set.of(SECRET), "the refusal", texts(refusal));
    }

    private static void noSecretInText(Trial trial) {
        Set<String> secrets = secrets(trial, trial.adapter().settings());
        Spec queue = trial.queue();
        Broker broker = trial.broker();
        TestReceiver receiver = trial.receiver(queue);
        noneOf(
                secrets,
                "the text of broker, topology, sender, receiver, health and capabilities",
                List.of(
                        broker.toString(),
                        broker.topology().toString(),
                        broker.sender(queue).toString(),
                        receiver.raw().toString(),
                        broker.health().toString(),
                        broker.capabilities(queue).toString()));
        Spec missing = trial.plainQueue();
        QueueException failure = Refusal.of(
                trial,
                "validate what is missing",
                ErrorCode.NOT_FOUND,
                () -> broker.topology().declare(List.of(missing), Mode.VALIDATE));
        noneOf(secrets, "a failure", texts(failure));
    }

    private static Set<String> secrets(Trial trial, Map<String, String> settings) {
        Set<String> secrets = new HashSet<>();
        settings.forEach((key, value) -> {
            String name = key.toLowerCase(Locale.ROOT);
            if (name.contains("password") || name.contains("secret") || name.contains("token")) {
                secrets.add(value);
            }
        });
        trial.config().url().credentials().ifPresent(given -> secrets.add(given.password()));
        secrets.removeIf(secret -> secret.length() < 4);
        return secrets;
    }

    /** What is printed of a failure, with its causes and what was suppressed. */
    private static Set<String> texts(Throwable failure) {
        Set<String> texts = new HashSet<>();
        for (Throwable each = failure; each != null; each = each.getCause()) {
            texts.add(each.toString());
            for (Throwable suppressed : each.getSuppressed()) {
                texts.add(suppressed.toString());
            }
        }
        return texts;
    }

    private static void noneOf(Set<String> secrets, String where, Collection<String> texts) {
        for (String secret : secrets) {
            assertThat(texts).as("%s, which must not show a secret", where).noneMatch(text -> text.contains(secret));
        }
    }

    private static final class NotThere {}

    private static void unwrap(Trial trial) {
        assertThat(trial.broker().unwrap(NotThere.class)).isEmpty();
    }

    private static void healthy(Trial trial) {
        var unused = trial.queue();
        trial.eventually(
                () -> "health is UP, it is " + trial.broker().health(),
                Trial.SIGNAL,
                () -> trial.broker().health().status() == Health.Status.UP);
    }

    private static void unreachable(Trial trial) {
        long before = System.nanoTime();
        Broker broker =
                trial.connect(trial.adapter().unreachable(), trial.adapter().settings());
        assertThat(Duration.ofNanos(System.nanoTime() - before))
                .as("how long connect() took, which must not wait for the network")
                .isLessThan(TimeScale.scaled(Duration.ofSeconds(2)));
        Spec queue = trial.plainQueue();
        QueueException failure = Refusal.within(
                trial,
                "declare without a broker",
                CONNECT,
                ErrorCode.UNAVAILABLE,
                () -> broker.topology().declare(List.of(queue), Mode.CREATE));
        noneOf(secrets(trial, trial.adapter().settings()), "the failure", texts(failure));
        assertThat(broker.health().status()).as("the health without a broker").isNotEqualTo(Health.Status.UP);
    }

    private static void wrongCredentials(Trial trial) {
        Map<String, String> wrong = trial.adapter().wrongCredentials();
        Map<String, String> settings = settings(trial, wrong);
        Set<String> secrets = secrets(trial, settings);
        Broker broker = trial.connect(settings);
        Spec queue = trial.queue();
        QueueException failure = Refusal.within(
                trial,
                "declare with wrong credentials",
                CONNECT,
                ErrorCode.UNAUTHENTICATED,
                () -> broker.topology().declare(List.of(queue), Mode.CREATE));
        noneOf(secrets, "the failure", texts(failure));
        TestReceiver receiver = trial.receiver(broker, queue);
        receiver.nothing(Duration.ofSeconds(2));
        assertThat(receiver.listener().states())
                .as("how often the receiver said that it cannot connect, within two seconds")
                .hasSizeLessThan(TIGHT);
        receiver.listener().failures().forEach(each -> noneOf(secrets, "a state", texts(each)));
        assertThat(broker.health().status())
                .as("the health with wrong credentials")
                .isNotEqualTo(Health.Status.UP);
        noneOf(
                secrets,
                "the text of broker and health",
                List.of(broker.toString(), broker.health().toString()));
    }
}
