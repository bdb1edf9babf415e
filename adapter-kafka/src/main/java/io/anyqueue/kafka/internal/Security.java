package io.anyqueue.kafka.internal;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.spi.BrokerConfig;
import io.anyqueue.spi.BrokerUrl;
import io.anyqueue.spi.TlsOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.config.types.Password;

/**
 * Says to the client library how to encrypt and to log in (rule SEC-1). User name and password are in no property: the library asks for
 * them at each connection. Stateless; reads files.
 */
final class Security {
    private static final String TLS_SCHEME = "kafkas";
    private static final String PROTOCOL = CommonClientConfigs.SECURITY_PROTOCOL_CONFIG;
    private static final String MECHANISM = SaslConfigs.SASL_MECHANISM;
    private static final int LARGEST_FILE = 1024 * 1024;

    private Security() {}

    /** @throws QueueException INVALID_ARGUMENT if some are set that would be ignored, or that do not go together */
    static void check(BrokerConfig config, ClientProperties client) {
        TlsOptions tls = config.tls();
        boolean files = tls.ca().isPresent()
                || tls.certificate().isPresent()
                || tls.key().isPresent();
        if (tls.context().isPresent() && files) {
            throw invalid("TLS has an SSLContext and also files below anyqueue.tls: give one of both");
        }
        if (tls.certificate().isPresent() != tls.key().isPresent()) {
            throw invalid("anyqueue.tls.cert and anyqueue.tls.key belong together, and only one is set");
        }
        String protocol = client.all().get(PROTOCOL);
        if (protocol != null && !protocol.toUpperCase(Locale.ROOT).equals(protocol(config, client))) {
            throw invalid(PROTOCOL + " is '" + protocol + "', and the URL with user name and TLS settings means "
                    + protocol(config, client) + ": use kafkas:// for TLS, and anyqueue.username for SASL");
        }
        String mechanism = mechanism(client);
        boolean passwords = mechanism.equals("PLAIN") || mechanism.startsWith("SCRAM-SHA-");
        if (client.all().containsKey(MECHANISM)
                && passwords
                && config.credentials().isEmpty()) {
            throw invalid(MECHANISM + " is " + mechanism + ", and no user name is given: set anyqueue.username");
        }
    }

    /** {@return properties for any client of the library; values may be objects} */
    static Map<String, Object> properties(BrokerConfig config, ClientProperties client) {
        Map<String, Object> properties = new HashMap<>();
        properties.put(PROTOCOL, protocol(config, client));
        if (isTls(config)) {
            tls(config.tls(), properties);
        }
        if (isSasl(config, client)) {
            String mechanism = mechanism(client);
            properties.put(MECHANISM, mechanism);
            if (config.credentials().isPresent()) {
                String module = mechanism.equals("PLAIN") ? "plain.PlainLoginModule" : "scram.ScramLoginModule";
                properties.put(
                        SaslConfigs.SASL_JAAS_CONFIG,
                        new Password("org.apache.kafka.common.security." + module + " required;"));
                properties.put(SaslConfigs.SASL_CLIENT_CALLBACK_HANDLER_CLASS, CredentialsHandler.class);
                properties.put(CredentialsHandler.CONFIG, config);
            }
        }
        return properties;
    }

    private static String protocol(BrokerConfig config, ClientProperties client) {
        return (isSasl(config, client) ? "SASL_" : "") + (isTls(config) ? "SSL" : "PLAINTEXT");
    }

    private static String mechanism(ClientProperties client) {
        return client.all().getOrDefault(MECHANISM, "PLAIN").trim().toUpperCase(Locale.ROOT);
    }

    private static boolean isSasl(BrokerConfig config, ClientProperties client) {
        return config.credentials().isPresent() || client.all().containsKey(MECHANISM);
    }

    private static boolean isTls(BrokerConfig config) {
        BrokerUrl url = config.url();
        return url.scheme().equals(TLS_SCHEME) || !config.tls().equals(TlsOptions.DEFAULT);
    }

    private static void tls(TlsOptions options, Map<String, Object> properties) {
        options.context().ifPresent(context -> {
            properties.put(SslConfigs.SSL_ENGINE_FACTORY_CLASS_CONFIG, ContextEngines.class);
            properties.put(ContextEngines.CONFIG, options);
        });
        options.ca().ifPresent(file -> {
            properties.put(SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG, "PEM");
            properties.put(SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG, pem("anyqueue.tls.ca", file));
        });
        options.certificate().ifPresent(file -> {
            properties.put(SslConfigs.SSL_KEYSTORE_TYPE_CONFIG, "PEM");
            properties.put(SslConfigs.SSL_KEYSTORE_CERTIFICATE_CHAIN_CONFIG, pem("anyqueue.tls.cert", file));
        });
        options.key()
                .ifPresent(file -> properties.put(SslConfigs.SSL_KEYSTORE_KEY_CONFIG, pem("anyqueue.tls.key", file)));
        if (!options.verifyHost()) {
            properties.put(SslConfigs.SSL_ENDPOINT_IDENTIFICATION_ALGORITHM_CONFIG, "");
        }
    }

    private static Password pem(String setting, String file) {
        try {
            Path path = Path.of(file);
            if (Files.size(path) > LARGEST_FILE) {
                throw invalid(setting + ": the file '" + file + "' is larger than " + LARGEST_FILE + " bytes");
            }
            return new Password(Files.readString(path));
        } catch (IOException | InvalidPathException e) {
            throw new QueueException(
                    ErrorCode.INVALID_ARGUMENT,
                    setting + ": the file '" + file + "' cannot be read ("
                            + e.getClass().getSimpleName() + ")",
                    e);
        }
    }

    private static QueueException invalid(String message) {
        return new QueueException(ErrorCode.INVALID_ARGUMENT, message);
    }
}
