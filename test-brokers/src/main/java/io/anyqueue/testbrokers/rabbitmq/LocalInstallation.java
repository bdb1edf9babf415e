package io.anyqueue.testbrokers.rabbitmq;

import io.anyqueue.testbrokers.BrokerMissingException;
import io.anyqueue.testbrokers.Switches;
import io.anyqueue.testbrokers.debian.AptInstall;
import io.anyqueue.testbrokers.os.CommandFailedException;
import io.anyqueue.testbrokers.os.Lazy;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;

/** The RabbitMQ of this machine, which is obtained if it is missing. Safe for use by many threads. */
final class LocalInstallation {
    private static final String PACKAGE = "rabbitmq-server";
    private static final Path SYSTEM = Path.of("/");
    private static final Lazy<Installation> SHARED = new Lazy<>(LocalInstallation::working);

    private LocalInstallation() {}

    /**
     * {@return an installation that works}
     *
     * @throws BrokerMissingException if there is none and none can be had
     */
    static Installation get() {
        return SHARED.get();
    }

    private static Installation working() {
        try {
            Installation installation = obtain();
            installation.check();
            return installation;
        } catch (CommandFailedException | UncheckedIOException e) {
            throw new BrokerMissingException(
                    "There is no RabbitMQ for the tests, and none could be obtained: " + e.getMessage() + "\n"
                            + remedy(),
                    e);
        }
    }

    private static Installation obtain() {
        Optional<Installation> installed = Switches.unpackOnly() ? Optional.empty() : Installation.below(SYSTEM);
        if (installed.isPresent()) {
            return installed.get();
        }
        if (!Switches.unpackOnly() && AptInstall.isPossible()) {
            AptInstall.install(PACKAGE);
            return Installation.below(SYSTEM).orElseThrow(() -> missing("The package " + PACKAGE + " has no server"));
        }
        if (UnpackedInstallation.isPossible()) {
            return UnpackedInstallation.get();
        }
        throw missing("There is no RabbitMQ for the tests, and no apt to obtain it with");
    }

    private static BrokerMissingException missing(String what) {
        return new BrokerMissingException(what + ".\n" + remedy(), null);
    }

    private static String remedy() {
        return "Install RabbitMQ with Erlang (Debian, Ubuntu: apt-get install --no-install-recommends " + PACKAGE
                + "), or run Docker, or set " + Switches.addressName(RabbitMq.NAME)
                + "=amqp://user:password@host:port/%2F. " + Switches.SKIP + "=" + RabbitMq.NAME
                + " leaves these tests out.";
    }
}
