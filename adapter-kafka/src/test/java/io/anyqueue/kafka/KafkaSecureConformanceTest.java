package io.anyqueue.kafka;

import io.anyqueue.conformance.AdapterUnderTest;
import io.anyqueue.conformance.junit.AdapterConformance;
import io.anyqueue.testbrokers.kafka.Kafka;
import io.anyqueue.testbrokers.tls.TestCertificates;
import java.nio.file.Path;
import java.util.Map;

/** The kit with TLS and a login by SCRAM, on a broker that is left in peace. */
class KafkaSecureConformanceTest extends AdapterConformance {
    private static final Kafka KAFKA = Kafka.shared();

    @Override
    protected AdapterUnderTest adapter() {
        return AdapterUnderTest.of("kafka", "kafkas://" + KAFKA.saslBootstrap() + "?session-timeout=PT4S")
                .configuration("tls-and-scram")
                .setting("anyqueue.tls.ca", TestCertificates.get().authority().toString())
                .setting("anyqueue.native.sasl.mechanism", "SCRAM-SHA-512")
                .setting("anyqueue.username", Kafka.USER)
                .setting("anyqueue.password", Kafka.PASSWORD)
                .brokerVersion(KAFKA::version)
                .parallel(8)
                .reports(Path.of("..", "docs", "conformance"))
                .clientCrash(new Crashes(KAFKA.bootstrap())::crash)
                .natively(new NativeWrites(KAFKA.bootstrap()))
                .wrongCredentials(Map.of("anyqueue.password", "s3cr3t-and-wrong"))
                .unreachable("kafkas://127.0.0.1:1?connect-timeout=PT5S");
    }
}
