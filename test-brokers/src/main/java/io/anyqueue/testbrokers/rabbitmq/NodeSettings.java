package io.anyqueue.testbrokers.rabbitmq;

import io.anyqueue.testbrokers.os.FreePorts;
import io.anyqueue.testbrokers.tls.TestCertificates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * The files and the environment of a node that shares nothing with others on the machine.
 *
 * @param folder has everything the node writes
 * @param port for AMQP
 * @param tlsPort for AMQP with TLS
 * @param epmdPort for the node's own port mapper
 */
record NodeSettings(Path folder, int port, int tlsPort, int epmdPort) {
    /** {@return settings with free ports, whose files are written} */
    static NodeSettings write(Path folder, TestCertificates certificates) {
        NodeSettings settings = new NodeSettings(folder, FreePorts.next(), FreePorts.next(), FreePorts.next());
        try {
            settings.writeFiles(certificates);
        } catch (IOException e) {
            throw new UncheckedIOException("the files of a RabbitMQ node could not be written", e);
        }
        return settings;
    }

    private void writeFiles(TestCertificates certificates) throws IOException {
        Path cookie = Files.createDirectory(folder.resolve("home")).resolve(".erlang.cookie");
        Files.writeString(cookie, UUID.randomUUID().toString().replace("-", ""));
        Files.setPosixFilePermissions(cookie, PosixFilePermissions.fromString("r--------"));
        Files.writeString(folder.resolve("rabbitmq-env.conf"), "");
        Files.writeString(folder.resolve("enabled_plugins"), ServerConfiguration.PLUGINS);
        Files.writeString(folder.resolve("advanced.config"), ServerConfiguration.ADVANCED);
        Files.writeString(
                folder.resolve("rabbitmq.conf"),
                ServerConfiguration.text(
                        "127.0.0.1:" + port,
                        "127.0.0.1:" + tlsPort,
                        certificates.folder().toString()));
    }

    Path log() {
        return folder.resolve("server.log");
    }

    /** {@return the whole environment of the server and of rabbitmqctl} */
    Map<String, String> environment(Installation installation) {
        Path erlang = installation.erlang();
        Map<String, String> environment = new HashMap<>();
        environment.put(
                "PATH", erlang.resolve("bin") + ":/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        environment.put("LANG", "C.UTF-8");
        environment.put("HOME", folder.resolve("home").toString());
        environment.put("ERL_ROOTDIR", erlang.toString());
        environment.put("ERL_EPMD_PORT", Integer.toString(epmdPort));
        environment.put("ERL_EPMD_ADDRESS", "127.0.0.1");
        environment.put("RABBITMQ_NODENAME", "anyqueue@localhost");
        environment.put("RABBITMQ_DIST_PORT", Integer.toString(FreePorts.next()));
        environment.put("RABBITMQ_MNESIA_BASE", folder.resolve("data").toString());
        environment.put("RABBITMQ_LOG_BASE", folder.resolve("log").toString());
        environment.put("RABBITMQ_LOGS", "-");
        environment.put(
                "RABBITMQ_ENABLED_PLUGINS_FILE",
                folder.resolve("enabled_plugins").toString());
        environment.put("RABBITMQ_CONFIG_FILE", folder.resolve("rabbitmq.conf").toString());
        environment.put(
                "RABBITMQ_ADVANCED_CONFIG_FILE",
                folder.resolve("advanced.config").toString());
        environment.put(
                "RABBITMQ_CONF_ENV_FILE", folder.resolve("rabbitmq-env.conf").toString());
        environment.put(
                "RABBITMQ_FEATURE_FLAGS_FILE", folder.resolve("feature_flags").toString());
        environment.put("RABBITMQ_PID_FILE", folder.resolve("pidfile").toString());
        // The script becomes the server instead of waiting for it: its process is the one to send signals to.
        environment.put("RABBITMQ_ALLOW_INPUT", "true");
        environment.put(
                "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "-noinput -kernel inet_dist_use_interface {127,0,0,1} +S 2:2");
        return environment;
    }
}
