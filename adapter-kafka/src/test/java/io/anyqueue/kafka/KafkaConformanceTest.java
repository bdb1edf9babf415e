package io.anyqueue.kafka;

import io.anyqueue.conformance.AdapterUnderTest;
import io.anyqueue.conformance.Interruption;
import io.anyqueue.conformance.junit.AdapterConformance;
import io.anyqueue.testbrokers.kafka.Kafka;
import io.anyqueue.testbrokers.kafka.ProxiedKafka;
import io.anyqueue.testbrokers.proxy.Direction;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;

/** The whole kit against a live broker, which is killed, stopped and halted, with a faulty network before it. */
class KafkaConformanceTest extends AdapterConformance {
    private static final Kafka KAFKA = Kafka.own();
    private static final String VERSION = KAFKA.version();
    private static final ProxiedKafka PROXIED = KAFKA.proxied();

    @AfterAll
    static void close() {
        PROXIED.close();
        KAFKA.close();
    }

    @Override
    protected AdapterUnderTest adapter() {
        return AdapterUnderTest.of("kafka", "kafka://" + PROXIED.bootstrap() + "?session-timeout=PT4S")
                .brokerVersion(() -> VERSION)
                .parallel(8)
                .reports(Path.of("..", "docs", "conformance"))
                .restart(interruption(KAFKA::stop, KAFKA::start))
                .kill(interruption(KAFKA::kill, KAFKA::start))
                .outage(interruption(KAFKA::suspend, KAFKA::resume))
                .networkCut(interruption(
                        () -> PROXIED.proxy().hole(Direction.BOTH),
                        () -> PROXIED.proxy().pass()))
                .clientCrash(new Crashes(KAFKA.bootstrap())::crash)
                .natively(new NativeWrites(KAFKA.bootstrap()))
                .unreachable("kafka://127.0.0.1:1?connect-timeout=PT5S");
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
