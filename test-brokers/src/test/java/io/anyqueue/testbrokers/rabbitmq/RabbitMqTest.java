package io.anyqueue.testbrokers.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anyqueue.testbrokers.Own;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(RabbitMqExtension.class)
class RabbitMqTest {
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
    void isHaltedKilledStoppedAndStartedWithItsData(@Own RabbitMq rabbit) throws Exception {
        declareQueue(rabbit, "kept");

        rabbit.suspend();
        assertThatThrownBy(() -> AmqpGreeting.version(rabbit.host(), rabbit.port(), SHORT))
                .isInstanceOf(java.net.SocketTimeoutException.class);
        rabbit.resume();
        assertThat(rabbit.version()).isNotEmpty();

        rabbit.kill();
        assertThatThrownBy(() -> AmqpGreeting.version(rabbit.host(), rabbit.port(), SHORT))
                .isInstanceOf(IOException.class);
        rabbit.start();
        assertThat(rabbit.ctl("-q", "list_queues", "name").lines()).contains("kept");

        rabbit.stop();
        assertThatThrownBy(rabbit::kill).hasMessageContaining("start() it first");
    }

    private static void declareQueue(RabbitMq rabbit, String name) {
        rabbit.ctl(
                "eval",
                "rabbit_amqqueue:declare(rabbit_misc:r(<<\"/\">>, queue, <<\"" + name
                        + "\">>), true, false, [], none, <<\"test\">>).");
    }
}
