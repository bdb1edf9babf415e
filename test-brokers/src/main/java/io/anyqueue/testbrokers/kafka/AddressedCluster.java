package io.anyqueue.testbrokers.kafka;

import io.anyqueue.testbrokers.Switches;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A cluster that somebody else runs: only its address is known. */
final class AddressedCluster implements Cluster {
    private static final Pattern ADDRESS = Pattern.compile("([^:/@\\s]+|\\[[0-9a-fA-F:]+]):([0-9]{1,5})");

    private final List<InetSocketAddress> addresses;

    AddressedCluster(String addresses) {
        this.addresses = Arrays.stream(addresses.split(",", -1))
                .map(AddressedCluster::address)
                .toList();
    }

    private static InetSocketAddress address(String text) {
        Matcher matcher = ADDRESS.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException(Switches.addressName(Kafka.NAME)
                    + " is not of the form host:port,host:port; leave it out to have a server started");
        }
        return InetSocketAddress.createUnresolved(matcher.group(1), Integer.parseInt(matcher.group(2)));
    }

    @Override
    public List<InetSocketAddress> addresses() {
        return addresses;
    }

    @Override
    public boolean isControlled() {
        return false;
    }

    @Override
    public String version() {
        throw impossible("its version is not known");
    }

    @Override
    public List<Member> members() {
        throw impossible("its nodes and their other ports are not known, and it does not lead to proxies");
    }

    @Override
    public void start() {
        throw impossible("it cannot be started");
    }

    @Override
    public void stop() {
        throw impossible("it cannot be stopped");
    }

    @Override
    public void kill() {
        throw impossible("it cannot be killed");
    }

    @Override
    public void suspend() {
        throw impossible("it cannot be halted");
    }

    @Override
    public void resume() {
        throw impossible("it cannot be halted");
    }

    private static UnsupportedOperationException impossible(String what) {
        return Switches.notOurs(Kafka.NAME, what);
    }

    @Override
    public void close() {
        // It is not ours.
    }
}
