package io.anyqueue.rabbitmq;

import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import io.anyqueue.ClientOptions;
import io.anyqueue.QueueClient;
import io.anyqueue.testbrokers.rabbitmq.RabbitMq;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.awaitility.core.ThrowingRunnable;

/** What tests with a live server share: clients of it, and foreign programs. Used by the thread of one test. */
@SuppressWarnings("try") // tests may be interrupted
final class Live implements AutoCloseable {
    /** Far above what is needed, for slow machines. */
    static final Duration SOON = Duration.ofSeconds(30);

    private final RabbitMq rabbit;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    Live(RabbitMq rabbit) {
        this.rabbit = rabbit;
    }

    RabbitMq rabbit() {
        return rabbit;
    }

    /** {@return a name that no other test uses} */
    static String name(String what) {
        return what + "-" + UUID.randomUUID().toString().substring(0, 8);
    }

    /** {@return the URL for tests that have no broker killed} */
    String url() {
        return url(rabbit.uri());
    }

    static String url(URI server) {
        return server + "?new-queue-wait=PT0S";
    }

    QueueClient client() {
        return client(url(), Map.of());
    }

    QueueClient client(String url, Map<String, String> settings) {
        ClientOptions options = ClientOptions.of(url);
        settings.forEach(options::set);
        return with(QueueClient.connect(options));
    }

    LiveBroker broker() {
        return broker(url());
    }

    LiveBroker broker(String url) {
        return with(new LiveBroker(url));
    }

    /** {@return a connection of a foreign program} */
    Connection foreign() throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(rabbit.uri());
        factory.setAutomaticRecoveryEnabled(false);
        return with(factory.newConnection("foreign"));
    }

    /** {@return the same, closed in the end} */
    <T extends AutoCloseable> T with(T resource) {
        opened.push(resource);
        return resource;
    }

    /** {@return the lines of a list that rabbitmqctl writes, each split into its columns} */
    List<List<String>> list(String what, String... columns) {
        String[] arguments = new String[columns.length + 3];
        arguments[0] = "-q";
        arguments[1] = "list_" + what;
        arguments[2] = "--no-table-headers";
        System.arraycopy(columns, 0, arguments, 3, columns.length);
        return rabbit.ctl(arguments)
                .lines()
                .map(line -> List.of(line.split("\t", -1)))
                .toList();
    }

    static void eventually(ThrowingRunnable assertion) {
        await().atMost(SOON).untilAsserted(assertion);
    }

    static void until(Callable<Boolean> condition) {
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .atMost(SOON)
                .until(condition);
    }

    @Override
    public void close() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }
}
