package io.anyqueue.testbrokers.rabbitmq;

import io.anyqueue.testbrokers.Switches;
import io.anyqueue.testbrokers.docker.ServerContainer;
import io.anyqueue.testbrokers.tls.TestCertificates;
import java.util.Optional;

/** Finds the way in which a server is to be had here. Safe for use by many threads. */
final class Servers {
    private Servers() {}

    /** {@return a server, not started yet unless somebody else runs it} */
    static Server obtain() {
        Optional<String> address = Switches.address(RabbitMq.NAME);
        if (address.isPresent()) {
            return new AddressedServer(address.get());
        }
        if (!Switches.unpackOnly() && ServerContainer.isPossible()) {
            return new DockerServer(TestCertificates.get());
        }
        return new LocalServer(LocalInstallation.get(), TestCertificates.get());
    }
}
