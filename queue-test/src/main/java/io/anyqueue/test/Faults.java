package io.anyqueue.test;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Delivery;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Faults that a test injects between its client and the broker. What is counted is counted from the call on and over all queues and
 * topics, in the order in which it happens, so that the same test has the same fault each time. Belongs to the thread of its
 * {@link TestQueues}.
 */
public final class Faults {
    private final Outage outage;
    private final Countdowns crashes = new Countdowns();
    private final Countdowns unknownSends = new Countdowns();
    private final Set<String> duplicates = new HashSet<>();
    private int duplicateEvery;
    private int handled;

    Faults(VirtualTime time) {
        this.outage = new Outage(time);
    }

    /**
     * Lets the process crash after a handler has run, as far as the broker can see: what the consumer says of the message is lost
     * (acknowledged, failed, or acknowledged together with what the handler sent, which is then not stored). The message comes back
     * when its lease has run out, after 90 s by default, with one more in {@code deliveries} (rules RCV-3, DLQ-3). A message that is
     * put off by {@code busy} or {@code retryAfter}, and a retry in place, do not count; one that is dropped as handled before does.
     *
     * @param n after which run from now on; 1 for the next. Each call arms one crash more
     * @throws QueueException INVALID_ARGUMENT if it is less than 1
     */
    public void crashAfterHandler(int n) {
        crashes.arm(positive(n));
    }

    /**
     * Stores a message, and tells its sender that this is unknown, as when a connection is lost before the confirmation. The client
     * sends it again with the same id (rule SND-2), which counts as a send too.
     *
     * @param n which send from now on; 1 for the next. Each call arms one fault more
     * @throws QueueException INVALID_ARGUMENT if it is less than 1
     */
    public void sendUnknown(int n) {
        unknownSends.arm(positive(n));
    }

    /**
     * Delivers messages once more although they were acknowledged, as brokers do that promise at least once. What comes for the second
     * time is not counted.
     *
     * @param n each nth of the messages that are acknowledged from now on; 1 for all. Replaces what was set before
     * @throws QueueException INVALID_ARGUMENT if it is less than 1
     */
    public void duplicateEvery(int n) {
        duplicateEvery = positive(n);
        handled = 0;
    }

    /**
     * Cuts the connection to the broker from now on. Nothing is delivered, sends and declarations fail with UNAVAILABLE and are tried
     * again as the contract says, and settlements are unknown; leases run on at the broker meanwhile.
     *
     * @param duration how long, in virtual time; more than zero. The later of two ends counts
     * @throws QueueException INVALID_ARGUMENT if it is null, zero or negative
     */
    public void brokerDownFor(Duration duration) {
        if (duration == null || duration.isNegative() || duration.isZero()) {
            throw invalid("the duration must be more than zero, is " + duration);
        }
        outage.begin(duration);
    }

    Outage outage() {
        return outage;
    }

    /** {@return the failure of whatever needs the broker, while it is away} */
    Optional<QueueException> down(String what) {
        return outage.isOn()
                ? Optional.of(new QueueException(
                        ErrorCode.UNAVAILABLE, "cannot " + what + ": the test has taken the broker away"))
                : Optional.empty();
    }

    boolean crashes() {
        return crashes.hit();
    }

    boolean sendIsUnknown() {
        return unknownSends.hit();
    }

    /** {@return whether a delivery that is being acknowledged has to come again} */
    boolean duplicates(Delivery delivery) {
        String identity = delivery.source().name() + ' ' + delivery.message().id();
        if (duplicateEvery == 0 || duplicates.remove(identity) || ++handled % duplicateEvery != 0) {
            return false;
        }
        duplicates.add(identity);
        return true;
    }

    private static int positive(int n) {
        if (n < 1) {
            throw invalid("n must be 1 or more, is " + n);
        }
        return n;
    }

    private static QueueException invalid(String message) {
        return new QueueException(ErrorCode.INVALID_ARGUMENT, message);
    }
}
