package io.anyqueue.testbrokers.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anyqueue.testbrokers.os.Await;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(RabbitMqExtension.class)
class RabbitMqTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofSeconds(1);

    @Test
    void answersAtItsAddress(RabbitMq rabbit) {
        assertThat(rabbit.version()).matches("[34]\\..*");
        assertThat(rabbit.uri().toString())
                .isEqualTo("amqp://anyqueue:for-tests-only@127.0.0.1:" + rabbit.port() + "/%2F");
        assertThat(rabbit.port()).isNotEqualTo(5672);
    }

    @Test
    void isTheSameForAllWhoShareIt(RabbitMq rabbit) {
        assertThat(RabbitMq.shared()).isSameAs(rabbit);
    }

    @Test
    void addsUsersWithTheirRights(RabbitMq rabbit) {
        rabbit.addUser("reader", "secret", "^$", "^$", ".*");
        assertThat(rabbit.ctl("list_user_permissions", "reader").lines().filter(line -> line.startsWith("/")))
                .containsExactly("/\t^$\t^$\t.*");
    }

    /** One server for all of it, as each start takes its time. */
    @Test
    void isHaltedKilledStoppedAndStartedWithItsDataAndLeavesNothingBehind() throws Exception {
        Set<ProcessHandle> before = descendants();
        Set<ProcessHandle> its;
        try (RabbitMq rabbit = RabbitMq.own()) {
            declareQueue(rabbit, "kept");

            rabbit.suspend();
            assertThatThrownBy(() -> AmqpGreeting.version(rabbit.host(), rabbit.port(), SHORT))
                    .isInstanceOf(SocketTimeoutException.class);
            rabbit.resume();
            assertThat(rabbit.version()).isNotEmpty();

            rabbit.kill();
            assertThatThrownBy(() -> AmqpGreeting.version(rabbit.host(), rabbit.port(), SHORT))
                    .isInstanceOf(IOException.class);
            assertThatThrownBy(rabbit::kill).hasMessageContaining("start() it first");

            rabbit.start();
            assertThat(hasQueue(rabbit, "kept")).isTrue();
            assertThatThrownBy(rabbit::start).hasMessageContaining("runs already");
            its = newcomers(before);

            rabbit.stop();
            assertThatThrownBy(rabbit::version).hasMessageContaining("does not answer");
        }
        assertThat(its).isNotEmpty();
        awaitEnd(its);
    }

    private static Set<ProcessHandle> newcomers(Set<ProcessHandle> before) {
        Set<ProcessHandle> now = descendants();
        now.removeAll(before);
        return now;
    }

    private static void awaitEnd(Set<ProcessHandle> processes) {
        Await.until(LIMIT, () -> alive(processes).isEmpty(), () -> "the end of " + alive(processes));
    }

    private static List<String> alive(Set<ProcessHandle> processes) {
        return processes.stream()
                .filter(ProcessHandle::isAlive)
                .map(process ->
                        process.pid() + " " + process.info().commandLine().orElse(""))
                .toList();
    }

    private static Set<ProcessHandle> descendants() {
        return ProcessHandle.current().descendants().collect(Collectors.toSet());
    }

    private static void declareQueue(RabbitMq rabbit, String name) {
        rabbit.ctl(
                "eval",
                "{new, _} = rabbit_amqqueue:declare(" + queue(name) + ", true, false, [], none, <<\"test\">>).");
    }

    private static boolean hasQueue(RabbitMq rabbit, String name) {
        return Boolean.parseBoolean(rabbit.ctl("eval", "rabbit_amqqueue:exists(" + queue(name) + ").")
                .strip());
    }

    private static String queue(String name) {
        return "rabbit_misc:r(<<\"/\">>, queue, <<\"" + name + "\">>)";
    }
}
