package io.anyqueue.rabbitmq;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.impl.AMQConnection;
import io.anyqueue.conformance.AdapterUnderTest;
import io.anyqueue.conformance.Interruption;
import io.anyqueue.conformance.junit.AdapterConformance;
import io.anyqueue.spi.Broker;
import io.anyqueue.testbrokers.proxy.Direction;
import io.anyqueue.testbrokers.proxy.TcpProxy;
import io.anyqueue.testbrokers.rabbitmq.RabbitMq;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;

/** The whole kit against a live server, which is killed, stopped and halted, with a faulty network before it. */
class RabbitMqConformanceTest extends AdapterConformance {
    private static final RabbitMq RABBIT = RabbitMq.own();
    private static final String VERSION = RABBIT.version();
    private static final TcpProxy PROXY = TcpProxy.to(RABBIT.host(), RABBIT.port());

    @AfterAll
    static void close() {
        PROXY.close();
        RABBIT.close();
    }

    @Override
    protected AdapterUnderTest adapter() {
        return AdapterUnderTest.of("rabbitmq", RABBIT.uri(PROXY.port()) + "?heartbeat=PT2S")
                .brokerVersion(() -> VERSION)
                .parallel(8)
                .reports(Path.of("..", "docs", "conformance"))
                .restart(interruption(RABBIT::stop, RABBIT::start))
                .kill(interruption(RABBIT::kill, RABBIT::start))
                .outage(interruption(RABBIT::suspend, RABBIT::resume))
                .networkCut(interruption(() -> PROXY.hole(Direction.BOTH), PROXY::pass))
                .clientCrash(RabbitMqConformanceTest::crash)
                .natively(new NativeWrites(RABBIT.uri()))
                .wrongCredentials(Map.of("anyqueue.username", "anyqueue", "anyqueue.password", "s3cr3t-and-wrong"))
                .unreachable("amqp://127.0.0.1:1");
    }

    /** A program's first command may be to break it, or it was broken a moment ago: then it is about to connect. */
    private static void crash(Broker client) {
        Connection connection = Awaitility.await("the client is connected")
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(1))
                .until(() -> client.unwrap(Connection.class), Optional::isPresent)
                .orElseThrow();
        AtomicBoolean noticed = new AtomicBoolean();
        connection.addShutdownListener(cause -> noticed.set(true)); // Its channels hear of it before.
        PROXY.cut(((AMQConnection) connection).getLocalPort());
        Awaitility.await("the client notices")
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(1))
                .untilTrue(noticed);
    }

    private static Interruption interruption(Runnable begin, Runnable end) {
        return new Interruption() {
            @Override
            public void begin() {
                begin.run();
            }

            @Override
            public void end() {
                end.run();
            }
        };
    }
}
