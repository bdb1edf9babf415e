package io.anyqueue.testbrokers.rabbitmq;

import java.net.URI;

/** The configuration that servers started here have in common. */
final class ServerConfiguration {
    private static final String USER = "anyqueue";
    private static final String PASSWORD = "for-tests-only";

    /** Clients may log in by certificate (SASL EXTERNAL); the user's name is the certificate's common name. */
    static final String PLUGINS = "[rabbitmq_auth_mechanism_ssl].\n";

    /**
     * The text of advanced.config: what could not be dead-lettered is tried again after seconds. By default that takes the server three
     * minutes, and it fails when messages become due while a server starts.
     */
    static final String ADVANCED = "[{rabbit, [{dead_letter_worker_publisher_confirm_timeout, 5000}]}].\n";

    private ServerConfiguration() {}

    /** {@return the address of a server with this configuration} */
    static URI uri(String host, int port) {
        return URI.create("amqp://" + USER + ":" + PASSWORD + "@" + host + ":" + port + "/%2F");
    }

    /**
     * {@return the text of rabbitmq.conf}
     *
     * @param listener where AMQP is spoken
     * @param tlsListener where AMQP is spoken on TLS
     * @param certificates the folder of certificates, as the server sees it
     */
    static String text(String listener, String tlsListener, String certificates) {
        return """
                listeners.tcp.1 = %s
                listeners.ssl.1 = %s
                ssl_options.cacertfile = %s/ca.pem
                ssl_options.certfile = %s/server.pem
                ssl_options.keyfile = %s/server-key.pem
                ssl_options.verify = verify_peer
                ssl_options.fail_if_no_peer_cert = false
                ssl_cert_login_from = common_name
                auth_mechanisms.1 = PLAIN
                auth_mechanisms.2 = AMQPLAIN
                auth_mechanisms.3 = EXTERNAL
                default_user = %s
                default_pass = %s
                """.formatted(listener, tlsListener, certificates, certificates, certificates, USER, PASSWORD);
    }
}
