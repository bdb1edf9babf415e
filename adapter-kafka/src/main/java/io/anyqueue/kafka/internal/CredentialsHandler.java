package io.anyqueue.kafka.internal;

import io.anyqueue.spi.BrokerConfig;
import io.anyqueue.spi.Credentials;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.common.security.auth.AuthenticateCallbackHandler;
import org.jspecify.annotations.Nullable;

/**
 * Gives the client library user name and password at each connection, so that they may change (rule SEC-1). Made by the library; called
 * by its threads.
 */
public final class CredentialsHandler implements AuthenticateCallbackHandler {
    /** Under this name the library hands over the configuration. */
    static final String CONFIG = "anyqueue.config";

    private @Nullable BrokerConfig config;

    /** Creates the handler. */
    public CredentialsHandler() {}

    @Override
    public void configure(Map<String, ?> configs, String mechanism, List<AppConfigurationEntry> entries) {
        this.config = (BrokerConfig) configs.get(CONFIG);
    }

    @Override
    public void handle(Callback[] callbacks) {
        Credentials credentials =
                Objects.requireNonNull(config, "config").credentials().orElseGet(() -> new Credentials("", ""));
        for (Callback callback : callbacks) {
            if (callback instanceof NameCallback name) {
                name.setName(credentials.username());
            } else if (callback instanceof PasswordCallback password) {
                password.setPassword(credentials.password().toCharArray());
            }
            // Extensions of SCRAM are optional.
        }
    }

    @Override
    public void close() {}
}
