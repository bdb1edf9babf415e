package io.anyqueue.testbrokers.kafka;

import io.anyqueue.testbrokers.kafka.Cluster.Member;
import io.anyqueue.testbrokers.os.Controls;
import java.util.function.Consumer;

/** One node of a {@link Kafka}, a broker and a controller in one. Safe for use by many threads. */
public final class KafkaNode {
    private final Member member;
    private final Consumer<Runnable> alone;

    KafkaNode(Member member, Consumer<Runnable> alone) {
        this.member = member;
        this.alone = alone;
    }

    /** {@return its id, from 1, as clients know it} */
    public int id() {
        return member.ports().id();
    }

    /** {@return its port without TLS and login} */
    public int port() {
        return member.ports().plain();
    }

    /** {@return its port with TLS and without login} */
    public int tlsPort() {
        return member.ports().tls();
    }

    /** {@return its port with TLS and login} */
    public int saslPort() {
        return member.ports().sasl();
    }

    /** Ends it at once (SIGKILL). */
    public void kill() {
        alone.accept(controls()::kill);
    }

    /** Ends it in its own time: it hands its partitions over first. */
    public void stop() {
        alone.accept(controls()::stop);
    }

    /** Starts it again after {@link #kill} or {@link #stop}, on the same ports and with its data; returns when it is usable. */
    public void start() {
        alone.accept(() -> {
            controls().start();
            Kafka.awaitAnswer("127.0.0.1", port());
        });
    }

    /** Halts it (SIGSTOP): connections stay open, even new ones are accepted by the system, and nothing answers. */
    public void suspend() {
        alone.accept(controls()::suspend);
    }

    /** Lets it run again after {@link #suspend}. */
    public void resume() {
        alone.accept(controls()::resume);
    }

    private Controls controls() {
        return member.controls();
    }
}
