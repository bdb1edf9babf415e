package io.anyqueue.testbrokers.kafka;

import io.anyqueue.testbrokers.os.Controls;
import io.anyqueue.testbrokers.os.InParallel;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Consumer;

/** Nodes that were started here. Used by {@link Kafka} alone, by one thread at a time. */
final class OwnCluster implements Cluster {
    private final String version;
    private final List<Member> members;
    private final Runnable remover;

    /**
     * Starts nothing yet.
     *
     * @param version the server's
     * @param members the nodes
     * @param remover ends what is left and deletes the data
     */
    OwnCluster(String version, List<Member> members, Runnable remover) {
        this.version = version;
        this.members = List.copyOf(members);
        this.remover = remover;
    }

    @Override
    public List<InetSocketAddress> addresses() {
        return members.stream()
                .map(member -> InetSocketAddress.createUnresolved(
                        "127.0.0.1", member.ports().plain()))
                .toList();
    }

    @Override
    public String version() {
        return version;
    }

    @Override
    public List<Member> members() {
        return members;
    }

    /** A node has started only when most of the others have. */
    @Override
    public void start() {
        onAll(Controls::start);
    }

    /** A node stops in an orderly way only while most of the others run. */
    @Override
    public void stop() {
        onAll(Controls::stop);
    }

    @Override
    public void kill() {
        onAll(Controls::kill);
    }

    @Override
    public void suspend() {
        onAll(Controls::suspend);
    }

    @Override
    public void resume() {
        onAll(Controls::resume);
    }

    private void onAll(Consumer<Controls> action) {
        InParallel.run(members.stream()
                .<Runnable>map(member -> () -> action.accept(member.controls()))
                .toList());
    }

    @Override
    public void close() {
        members.forEach(member -> member.ports().close());
        remover.run();
    }
}
