package io.anyqueue.testbrokers.rabbitmq;

import io.anyqueue.testbrokers.BrokerMissingException;
import io.anyqueue.testbrokers.Switches;
import java.nio.file.Path;
import java.util.Optional;

/** Finds the way in which a server is to be had here. Safe for use by many threads. */
final class Servers {
    private Servers() {}

    /** {@return a server, not started yet} */
    static Server obtain() {
        Optional<String> address = Switches.address(RabbitMq.NAME);
        if (address.isPresent()) {
            return new AddressedServer(address.get());
        }
        Installation installation = Installation.below(Path.of("/"))
                .orElseThrow(() -> new BrokerMissingException("install the Debian package rabbitmq-server", null));
        return new LocalServer(installation, TestCertificates.get());
    }
}
