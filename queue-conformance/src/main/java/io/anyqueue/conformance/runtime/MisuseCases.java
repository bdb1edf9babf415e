package io.anyqueue.conformance.runtime;

import static io.anyqueue.conformance.kit.Clients.with;
import static io.anyqueue.conformance.runtime.Refused.nothing;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.ClientOptions;
import io.anyqueue.ConsumerBuilder;
import io.anyqueue.ErrorCode;
import io.anyqueue.MessageConsumer;
import io.anyqueue.MessageQueue;
import io.anyqueue.Outgoing;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueException;
import io.anyqueue.QueueSpec;
import io.anyqueue.RetryPolicy;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.Clients;
import io.anyqueue.conformance.kit.Runs;
import io.anyqueue.conformance.kit.Trial;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/** Wrong use of the client is refused with the right code, before anything is sent, and does no harm (rule ERR-1). */
final class MisuseCases {
    private MisuseCases() {}

    static List<Case> all() {
        return List.of(
                Case.of(
                        "ERR-1/null",
                        "Null is refused wherever it is given, and what is sent next arrives",
                        with(MisuseCases::nulls)),
                Case.of(
                        "ERR-1/options",
                        "Unknown settings and values out of range are refused when the client is opened",
                        with(MisuseCases::options)),
                Case.of(
                        "ERR-1/consumer-settings",
                        "Settings of a consumer that are out of range are refused",
                        with(MisuseCases::consumerSettings)),
                Case.of(
                        "ERR-1/names",
                        "Names that are not legal are refused before the broker is asked",
                        with(MisuseCases::names)),
                Case.of(
                        "ERR-1/opened-in-another-way",
                        "A destination that is open cannot be opened in another way",
                        with(MisuseCases::openedInAnotherWay)),
                Case.of(
                        "ERR-1/missing-queue",
                        "Where nothing may be created, a queue that is missing is NOT_FOUND",
                        with(MisuseCases::missingQueue)),
                Case.of(
                        "ERR-1/context-after-the-run",
                        "A context that outlives its run sends nothing",
                        with(MisuseCases::contextAfterTheRun)),
                Case.of(
                        "ERR-1/wishes-in-a-handler",
                        "A handler that asks for what is not there hears so, and can go on",
                        with(MisuseCases::wishes)),
                Case.of(
                        "ERR-1/interrupted-send",
                        "A send on an interrupted thread says so, keeps the flag, and harms no other",
                        with(MisuseCases::interrupted)),
                Case.of(
                        "ERR-1/key-function",
                        "A key function that throws or gives nothing is an attempt that failed",
                        with(MisuseCases::keyFunction)),
                Case.of(
                        "ERR-1/native-client",
                        "There is no native client of a class that has nothing to do with it",
                        with(MisuseCases::nativeClient)));
    }

    private static void nulls(Clients clients) {
        QueueClient client = clients.client();
        MessageQueue<String> queue = client.queue(clients.queue());
        Outgoing<String> x = Outgoing.of("x");
        Refused.invalid("connect(null)", () -> QueueClient.connect(Refused.<ClientOptions>nothing(() -> null)));
        Refused.invalid("queue(null)", () -> client.queue(Refused.<QueueSpec<String>>nothing(() -> null)));
        Refused.invalid("topic(null)", () -> client.topic(Refused.<io.anyqueue.TopicSpec<String>>nothing(() -> null)));
        Refused.invalid("a queue without a class", () -> client.queue("q", Refused.<Class<String>>nothing(() -> null)));
        Refused.invalid("send(null)", () -> queue.send(Refused.<String>nothing(() -> null)));
        Refused.invalid("send of no message", () -> queue.send(Refused.<Outgoing<String>>nothing(() -> null)));
        Refused.invalid("sendAll(null)", () -> queue.sendAll(nothing(() -> null)));
        Refused.invalid("a null in a batch", () -> queue.sendAll(java.util.Arrays.asList(nothing(() -> null), null)));
        Refused.invalid("a payload of null", () -> Outgoing.of(Refused.<String>nothing(() -> null)));
        Refused.invalid("an id of null", () -> x.id(nothing(() -> null)));
        Refused.invalid("a header of null", () -> x.header(nothing(() -> null), "v"));
        Refused.invalid("a header's value of null", () -> x.header("h", nothing(() -> null)));
        Refused.invalid("a delay of null", () -> x.delay(nothing(() -> null)));
        Refused.invalid(
                "no handler",
                () -> queue.consumer().start(Refused.<io.anyqueue.MessageHandler<String>>nothing(() -> null)));
        Refused.invalid("no retry policy", () -> queue.consumer().retry(nothing(() -> null)));
        Refused.invalid("no middleware", () -> queue.consumer().use(io.anyqueue.Stage.HANDLER, nothing(() -> null)));
        Refused.invalid("no store", () -> queue.consumer().idempotent(nothing(() -> null)));
        Refused.invalid("unwrap(null)", () -> client.unwrap(Refused.<Class<String>>nothing(() -> null)));
        Refused.invalid("no grace", () -> client.runUntilShutdown(nothing(() -> null)));
        assertThat(queue.sendAsync(Refused.<String>nothing(() -> null)))
                .as("null given to sendAsync fails in the future")
                .isCompletedExceptionally();
        Runs runs = clients.runs();
        MessageConsumer consumer = clients.start(queue.consumer(), runs);
        Refused.invalid("stop(null)", () -> consumer.stop(nothing(() -> null)));
        Refused.invalid("stop with a negative grace", () -> consumer.stop(Duration.ofSeconds(-1)));
        clients.send(queue, "good");
        runs.exactly("good");
    }

    private static void options(Clients clients) {
        for (String setting : List.of(
                "anyqueue.send.whenfull=fail",
                "anyqueue.send.when-full=drop",
                "anyqueue.send.messages=0",
                "anyqueue.send.wait=-1s",
                "anyqueue.consumer.*.concurrency=0",
                "anyqueue.consumer.*.timeout=soon",
                "anyqueue.topology=maybe",
                "nonsense=1")) {
            String key = setting.substring(0, setting.indexOf('='));
            QueueException refusal =
                    Refused.invalid(setting, () -> clients.connect(Map.of(key, setting.substring(key.length() + 1))));
            assertThat(refusal).as("the refusal of %s", setting).hasMessageContaining(key);
        }
        Refused.with(
                "a native setting that the adapter does not know",
                () -> clients.connect(Map.of("anyqueue.native.no-such-setting-at-all", "1"))
                        .queue(clients.queue()),
                ErrorCode.INVALID_ARGUMENT);
        Refused.with(
                "a scheme that nobody has",
                () -> QueueClient.connect("nosuchbroker://localhost"),
                ErrorCode.UNSUPPORTED);
        Refused.invalid("a component that is none", () -> clients.connect(Map.of(), "a text"));
    }

    private static void consumerSettings(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        ConsumerBuilder<String> consumer = queue.consumer();
        Refused.invalid("concurrency(0)", () -> consumer.concurrency(0));
        Refused.invalid("concurrency(10001)", () -> consumer.concurrency(10_001));
        Refused.invalid("timeout(0)", () -> consumer.timeout(Duration.ZERO));
        Refused.invalid("timeout(-1)", () -> consumer.timeout(Duration.ofSeconds(-1)));
        Refused.invalid("inPlace(11)", () -> RetryPolicy.none().inPlace(11));
        Refused.invalid("attempts(0)", () -> RetryPolicy.none().attempts(0));
        Refused.invalid("a negative delay", () -> RetryPolicy.delays(Duration.ofSeconds(-1)));
        RetryPolicy endless = RetryPolicy.exponential(Duration.ofSeconds(1), 2, Duration.ofMinutes(1));
        Refused.with(
                "a policy that never ends",
                () -> queue.consumer().retry(endless).start(payload -> {}),
                ErrorCode.INVALID_ARGUMENT,
                ErrorCode.UNSUPPORTED);
        Runs runs = clients.runs();
        MessageConsumer running = clients.start(consumer, runs);
        Refused.invalid("concurrency(0) of a running consumer", () -> running.concurrency(0));
        clients.send(queue, "x");
        runs.exactly("x");
    }

    private static void names(Clients clients) {
        QueueClient client = clients.client();
        for (String name : List.of("", " ", "a b", "a--b", "a/b", "ä", "x".repeat(64))) {
            Refused.invalid("queue '" + name + "'", () -> client.queue(name, String.class));
            Refused.invalid("topic '" + name + "'", () -> client.topic(name, String.class));
        }
    }

    private static void openedInAnotherWay(Clients clients) {
        QueueClient client = clients.client();
        QueueSpec<String> spec = clients.queue();
        MessageQueue<String> queue = client.queue(spec);
        Refused.with(
                "the same queue, ordered",
                () -> client.queue(spec.orderedBy(Clients::key)),
                ErrorCode.CONFLICT,
                ErrorCode.UNSUPPORTED);
        client.queue(spec);
        Runs runs = clients.runs();
        clients.start(queue.consumer(), runs);
        clients.send(queue, "x");
        runs.exactly("x");
    }

    private static void missingQueue(Clients clients) {
        QueueClient client = clients.connect(Map.of("anyqueue.topology", "validate"));
        QueueSpec<String> spec = clients.queue();
        QueueException refusal = Refused.with("a queue that is missing", () -> client.queue(spec), ErrorCode.NOT_FOUND);
        assertThat(refusal).hasMessageContaining(spec.name());
        clients.client().queue(spec);
        Runs runs = clients.runs();
        clients.start(clients.client().queue(spec).consumer(), runs);
        clients.send(client.queue(spec), "x");
        runs.exactly("x");
    }

    private static void contextAfterTheRun(Clients clients) throws Exception {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        QueueSpec<String> out = clients.queue();
        Runs sent = clients.runs();
        clients.start(clients.client().queue(out).consumer(), sent);
        Queue<io.anyqueue.MessageContext> contexts = new ConcurrentLinkedQueue<>();
        Runs runs = clients.runs((payload, context) -> contexts.add(context));
        clients.start(queue.consumer(), runs);
        clients.send(queue, "x");
        runs.exactly("x");
        Refused.invalid(
                "a send by a context that is over", () -> contexts.element().send(out, "late"));
        sent.noMore();
        assertThat(sent.all()).isEmpty();
    }

    private static void wishes(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        Queue<Throwable> wrong = new ConcurrentLinkedQueue<>();
        Runs runs = clients.runs((payload, context) -> {
            try {
                Refused.with("a resource", () -> context.resource(Runnable.class), ErrorCode.UNSUPPORTED);
                Refused.with(
                        "a reply to no request",
                        () -> context.reply("x"),
                        ErrorCode.INVALID_ARGUMENT,
                        ErrorCode.UNSUPPORTED);
                Refused.invalid("no address", () -> context.send(nothing(() -> null), "x"));
                Refused.invalid("no payload", () -> context.send(queue, Refused.<String>nothing(() -> null)));
                Refused.invalid(
                        "a wrong priority",
                        () -> context.send(queue, Outgoing.of("x").priority(9)));
            } catch (Throwable e) {
                wrong.add(e);
            }
        });
        clients.start(queue.consumer(), runs);
        clients.send(queue, "wishes");
        runs.exactly("wishes");
        assertThat(wrong).as("what the handler did not hear").isEmpty();
    }

    private static void interrupted(Clients clients) throws Exception {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        Queue<String> told = new ConcurrentLinkedQueue<>();
        Thread sender = new Thread(() -> {
            Thread.currentThread().interrupt();
            try {
                queue.send("maybe");
                told.add("sent");
            } catch (QueueException e) {
                told.add(e.code().name());
            }
            told.add("flag=" + Thread.currentThread().isInterrupted());
        });
        sender.start();
        sender.join(TimeUnit.SECONDS.toMillis(30));
        assertThat(told).hasSize(2).element(0).isIn("sent", "INTERRUPTED");
        assertThat(told).element(1).isEqualTo("flag=true");
        Runs runs = clients.runs();
        clients.start(queue.consumer(), runs);
        clients.send(queue, "good");
        clients.trial()
                .eventually(
                        "the next is handled",
                        Trial.SIGNAL,
                        () -> runs.handled().contains("good"));
    }

    private static void keyFunction(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        Runs runs = clients.runs();
        clients.start(
                queue.consumer()
                        .retry(RetryPolicy.none())
                        .idempotent(io.anyqueue.IdempotencyStore.inMemory())
                        .idempotencyKey(payload -> switch (payload) {
                            case "throws" -> throw new IllegalStateException("no key");
                            case "blank" -> " ";
                            case "null" -> nothing(() -> null);
                            default -> payload;
                        }),
                runs);
        clients.send(queue, "throws", "blank", "null", "good");
        runs.exactly("good");
        if (clients.client().capabilities().has(io.anyqueue.Feature.BROWSE)) {
            assertThat(Letters.await(clients, queue, 3))
                    .extracting(letter -> letter.attempts())
                    .containsOnly(1);
        }
    }

    private static void nativeClient(Clients clients) {
        Refused.with("unwrap", () -> clients.client().unwrap(java.util.regex.Matcher.class), ErrorCode.UNSUPPORTED);
    }
}
