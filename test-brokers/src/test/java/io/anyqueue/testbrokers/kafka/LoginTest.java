package io.anyqueue.testbrokers.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anyqueue.testbrokers.os.Await;
import io.anyqueue.testbrokers.tls.TestCertificates;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS, logins and rights. */
@Timeout(120)
@ExtendWith(KafkaExtension.class)
class LoginTest {
    private static final TestCertificates CERTIFICATES = TestCertificates.get();
    private static final String MECHANISM = "SCRAM-SHA-512";

    private final String topic = "login-" + UUID.randomUUID();

    @Test
    void takesClientsWhoTrustTheAuthority(Kafka kafka) throws Exception {
        use(Clients.tls(kafka.tlsBootstrap(), CERTIFICATES.authority()));
    }

    @Test
    void isNotTrustedByThoseWhoKnowAnotherAuthority(Kafka kafka) {
        assertThatThrownBy(() -> use(Clients.tls(kafka.tlsBootstrap(), CERTIFICATES.otherAuthority())))
                .rootCause()
                .hasMessageContaining("unable to find valid certification path");
        assertThatThrownBy(() -> describe(Clients.tls(kafka.tlsBootstrap(), CERTIFICATES.otherAuthority())))
                .isInstanceOf(SslAuthenticationException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"SCRAM-SHA-256", "SCRAM-SHA-512"})
    void knowsTheUserFromTheStart(String mechanism, Kafka kafka) throws Exception {
        use(Clients.login(kafka.saslBootstrap(), mechanism, Kafka.USER, Kafka.PASSWORD));
    }

    @Test
    void refusesAnotherPassword(Kafka kafka) {
        assertThatThrownBy(() -> describe(Clients.login(kafka.saslBootstrap(), MECHANISM, Kafka.USER, "another")))
                .isInstanceOf(SaslAuthenticationException.class);
    }

    @Test
    void refusesWhatAnAclDenies(Kafka kafka) throws Exception {
        Map<String, Object> all = Clients.settings(kafka.bootstrap());
        Clients.createTopic(all, topic);
        try (Admin admin = Admin.create(all)) {
            AclBinding denial = new AclBinding(
                    new ResourcePattern(ResourceType.TOPIC, topic, PatternType.LITERAL),
                    new AccessControlEntry("User:" + Kafka.USER, "*", AclOperation.WRITE, AclPermissionType.DENY));
            Clients.get(admin.createAcls(List.of(denial)).all());
            Await.until(
                    Duration.ofSeconds(30),
                    () -> admin.describeAcls(denial.toFilter())
                            .values()
                            .toCompletionStage()
                            .toCompletableFuture()
                            .join()
                            .contains(denial),
                    () -> "the broker knows what is denied");
        }
        Map<String, Object> user = Clients.login(kafka.saslBootstrap(), MECHANISM, Kafka.USER, Kafka.PASSWORD);
        assertThatThrownBy(() -> Clients.send(user, topic, "denied"))
                .hasCauseInstanceOf(TopicAuthorizationException.class);
        Clients.send(all, topic, "one");
    }

    private void use(Map<String, Object> settings) throws Exception {
        Clients.createTopic(settings, topic);
        Clients.send(settings, topic, "one");
        assertThat(Clients.read(settings, topic, 1)).containsExactly("one");
    }

    private static void describe(Map<String, Object> settings) throws Exception {
        try (Admin admin = Admin.create(settings)) {
            Clients.get(admin.describeCluster().nodes());
        }
    }
}
