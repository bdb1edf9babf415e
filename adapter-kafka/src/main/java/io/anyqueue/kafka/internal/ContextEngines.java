package io.anyqueue.kafka.internal;

import io.anyqueue.spi.TlsOptions;
import java.security.KeyStore;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.apache.kafka.common.security.auth.SslEngineFactory;
import org.jspecify.annotations.Nullable;

/** TLS by a context that the application made. Made by the client library; called by its threads. */
public final class ContextEngines implements SslEngineFactory {
    /** Under this name the library hands over the options. */
    static final String CONFIG = "anyqueue.tls";

    private @Nullable TlsOptions options;

    /** Creates the factory. */
    public ContextEngines() {}

    @Override
    public void configure(Map<String, ?> configs) {
        this.options = (TlsOptions) configs.get(CONFIG);
    }

    @Override
    public SSLEngine createClientSslEngine(String host, int port, String endpointIdentification) {
        TlsOptions tls = Objects.requireNonNull(options, "options");
        SSLContext context = tls.context().orElseThrow();
        SSLEngine engine = context.createSSLEngine(host, port);
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm(tls.verifyHost() ? "HTTPS" : "");
        engine.setSSLParameters(parameters);
        return engine;
    }

    @Override
    public SSLEngine createServerSslEngine(String host, int port) {
        throw new UnsupportedOperationException("clients only");
    }

    @Override
    public boolean shouldBeRebuilt(Map<String, Object> nextConfigs) {
        return false;
    }

    @Override
    public Set<String> reconfigurableConfigs() {
        return Set.of();
    }

    @Override
    @SuppressWarnings("NullAway") // the library allows it, and has no annotations
    public KeyStore keystore() {
        return null;
    }

    @Override
    @SuppressWarnings("NullAway") // as above
    public KeyStore truststore() {
        return null;
    }

    @Override
    public void close() {}
}
