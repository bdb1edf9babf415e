package io.anyqueue.rabbitmq.internal;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.spi.BrokerUrl;
import io.anyqueue.spi.TlsOptions;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Turns what is set below {@code anyqueue.tls} into a context for connections (rule SEC-1). Stateless; reads files. */
final class Tls {
    static final String SCHEME = "amqps";

    private static final String CA = "anyqueue.tls.ca";
    private static final String CERTIFICATE = "anyqueue.tls.cert";
    private static final String KEY = "anyqueue.tls.key";

    private Tls() {}

    static boolean isOn(BrokerUrl url) {
        return url.scheme().equals(SCHEME);
    }

    /** @throws QueueException INVALID_ARGUMENT if some are set that would be ignored, or that do not go together */
    static void check(BrokerUrl url, TlsOptions options) {
        if (!isOn(url) && !options.equals(TlsOptions.DEFAULT)) {
            throw invalid("settings for TLS are given, and amqp:// is without TLS: use amqps://");
        }
        boolean files = options.ca().isPresent()
                || options.certificate().isPresent()
                || options.key().isPresent();
        if (options.context().isPresent() && files) {
            throw invalid("TLS has an SSLContext and also files (" + CA + ", " + CERTIFICATE + ", " + KEY
                    + "): give one of both");
        }
        if (options.certificate().isPresent() != options.key().isPresent()) {
            throw invalid(CERTIFICATE + " and " + KEY + " belong together, and only one is set");
        }
    }

    /** {@return whether the client can show a certificate; a context of the application's may} */
    static boolean hasCertificate(TlsOptions options) {
        return options.certificate().isPresent() || options.context().isPresent();
    }

    /**
     * Reads the files anew, as they may have been replaced.
     *
     * @throws QueueException INVALID_ARGUMENT for files that are not what they should be
     */
    static SSLContext context(TlsOptions options) {
        if (options.context().isPresent()) {
            return options.context().get();
        }
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys(options.certificate(), options.key()), trust(options.ca()), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new QueueException(
                    ErrorCode.INVALID_ARGUMENT, "no TLS with these certificates: " + e.getMessage(), e);
        }
    }

    private static TrustManager @Nullable [] trust(Optional<String> ca) throws GeneralSecurityException, IOException {
        if (ca.isEmpty()) {
            return null;
        }
        KeyStore store = emptyStore();
        int number = 0;
        for (Certificate certificate : Pem.certificates(CA, ca.get())) {
            store.setCertificateEntry("ca-" + number++, certificate);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static KeyManager @Nullable [] keys(Optional<String> certificate, Optional<String> key)
            throws GeneralSecurityException, IOException {
        if (certificate.isEmpty() || key.isEmpty()) {
            return null;
        }
        List<X509Certificate> chain = Pem.certificates(CERTIFICATE, certificate.get());
        KeyStore store = emptyStore();
        // The store is in memory only and its entries need a password.
        char[] none = new char[0];
        store.setKeyEntry(
                "client",
                Pem.key(KEY, key.get(), chain.get(0).getPublicKey()),
                none,
                chain.toArray(new Certificate[0]));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, none);
        return factory.getKeyManagers();
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static QueueException invalid(String message) {
        return new QueueException(ErrorCode.INVALID_ARGUMENT, message);
    }
}
