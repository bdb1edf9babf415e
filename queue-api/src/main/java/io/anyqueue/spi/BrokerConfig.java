package io.anyqueue.spi;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

/**
 * What a client gives its adapter. Implemented by the runtime; safe for use by any thread. The adapter uses no other clock
 * and no other timer, so that both can be virtual.
 */
public interface BrokerConfig {
    /** {@return the parsed URL} */
    BrokerUrl url();

    /** {@return the settings below {@code anyqueue.native}, without that prefix} */
    Map<String, String> nativeProperties();

    /** {@return the credentials, from the settings or the URL; read again at each call, so ask at each connection} */
    Optional<Credentials> credentials();

    /** {@return the TLS settings; read again at each call, so ask at each connection} */
    TlsOptions tls();

    /** {@return the time} */
    TimeSource time();

    /** {@return for timers; a task must be short and must not block} */
    ScheduledExecutorService scheduler();

    /** {@return for work that is not short or that blocks} */
    Executor executor();

    /** {@return where the adapter reports what concerns no single receiver} */
    BrokerEvents events();
}
