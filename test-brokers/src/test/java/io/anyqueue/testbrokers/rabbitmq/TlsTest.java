package io.anyqueue.testbrokers.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anyqueue.testbrokers.tls.TestCertificates;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The server's TLS, seen with the JDK's alone. */
@Timeout(60)
@ExtendWith(RabbitMqExtension.class)
class TlsTest {
    private static final char[] PASSWORD = "unused".toCharArray();
    private static final TestCertificates CERTIFICATES = TestCertificates.get();

    @Test
    void showsACertificateOfTheAuthorityForItsAddress(RabbitMq rabbit) throws Exception {
        assertThat(greet(rabbit, CERTIFICATES.authority(), false)).contains("PLAIN", "EXTERNAL");
    }

    @Test
    void takesTheClientsCertificate(RabbitMq rabbit) throws Exception {
        assertThat(greet(rabbit, CERTIFICATES.authority(), true)).contains("EXTERNAL");
    }

    @Test
    void isNotTrustedByThoseWhoKnowAnotherAuthority(RabbitMq rabbit) {
        assertThatThrownBy(() -> greet(rabbit, CERTIFICATES.otherAuthority(), false))
                .isInstanceOf(SSLException.class)
                .hasMessageContaining("unable to find valid certification path");
    }

    private static String greet(RabbitMq rabbit, Path authority, boolean withCertificate) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(withCertificate ? clientKeys() : emptyStore(), PASSWORD);
        context.init(keys.getKeyManagers(), trust(authority).getTrustManagers(), null);
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(rabbit.host(), rabbit.tlsPort())) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(parameters);
            socket.getOutputStream().write(new byte[] {'A', 'M', 'Q', 'P', 0, 0, 9, 1});
            DataInputStream answer = new DataInputStream(socket.getInputStream());
            answer.skipNBytes(3);
            String start = new String(answer.readNBytes(answer.readInt()), StandardCharsets.ISO_8859_1);
            assertThat(socket.getSession().getLocalCertificates() != null).isEqualTo(withCertificate);
            return start;
        }
    }

    private static TrustManagerFactory trust(Path authority) throws Exception {
        KeyStore store = emptyStore();
        store.setCertificateEntry("authority", certificate(authority));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        return trust;
    }

    private static KeyStore clientKeys() throws Exception {
        KeyStore store = emptyStore();
        Certificate[] chain = {certificate(CERTIFICATES.clientCertificate())};
        store.setKeyEntry("client", key(CERTIFICATES.clientKey()), PASSWORD, chain);
        return store;
    }

    private static KeyStore emptyStore() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static Certificate certificate(Path file) throws Exception {
        try (InputStream in = Files.newInputStream(file)) {
            return CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    private static PrivateKey key(Path file) throws Exception {
        return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(pemContent(file)));
    }

    private static byte[] pemContent(Path file) throws IOException {
        String text = Files.readString(file).replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
        return Base64.getDecoder().decode(text);
    }
}
