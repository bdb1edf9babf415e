package io.anyqueue.core.pipeline;

import io.anyqueue.Address;
import io.anyqueue.ErrorCode;
import io.anyqueue.IdempotencyStore.Claim;
import io.anyqueue.Message;
import io.anyqueue.MessageContext;
import io.anyqueue.Outgoing;
import io.anyqueue.QueueException;
import io.anyqueue.core.failure.DeadLetterFormat;
import io.anyqueue.core.send.MessageFactory;
import io.anyqueue.spi.Receiver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What one run of a handler sees and sends: a new one for each run, so that nothing leaks into the next (rule RTY-3). */
final class HandlerContext implements MessageContext {
    private final Job job;
    private final Source source;
    private final OutletFinder outlets;
    private String idempotencyKey = "";
    private @Nullable Object payload;
    private Claim.@Nullable Granted claim;
    private List<Planned> planned = List.of();
    private @Nullable List<CompletableFuture<String>> sent;
    private Receiver.@Nullable Forward reply;
    private volatile boolean over;

    HandlerContext(Job job, Source source, OutletFinder outlets) {
        this.job = job;
        this.source = source;
        this.outlets = outlets;
    }

    Job job() {
        return job;
    }

    /** Says what the handler is to be given. */
    void prepared(Object decoded, String key, Claim.@Nullable Granted granted) {
        this.payload = decoded;
        this.idempotencyKey = key;
        this.claim = granted;
    }

    Object payload() {
        if (payload == null) {
            throw new IllegalStateException("the message is not decoded");
        }
        return payload;
    }

    Claim.@Nullable Granted claim() {
        return claim;
    }

    /** A message that is sent when the handler has succeeded. */
    record Planned(Outlet<?> outlet, Message message) {}

    /** {@return the reply that is sent when the handler has succeeded, if somebody waits for it still} */
    Receiver.@Nullable Forward reply() {
        Receiver.Forward planned = reply;
        if (planned != null && source.replies().isExpired(job.delivery().message())) {
            source.metrics().repliesDropped.increment();
            return null;
        }
        return planned;
    }

    /** Ends the handler's turn and gives what it wants to send; what comes later would reach nobody. */
    List<Planned> end() {
        over = true;
        return planned;
    }

    /** {@return the sends that are under way; null if none was begun} */
    @Nullable
    List<CompletableFuture<String>> sent() {
        return sent;
    }

    void sent(List<CompletableFuture<String>> underWay) {
        this.sent = underWay;
    }

    @Override
    public Message message() {
        return DeadLetterFormat.withoutRedrives(job.delivery().message());
    }

    @Override
    public int attempt() {
        return job.attempts() + 1;
    }

    @Override
    public int deliveries() {
        return job.delivery().deliveries();
    }

    @Override
    public String idempotencyKey() {
        return idempotencyKey;
    }

    @Override
    public boolean stopping() {
        return job.interrupted() != null;
    }

    @Override
    public <R> R resource(Class<R> type) {
        throw new QueueException(
                ErrorCode.UNSUPPORTED, "the consumer has no transaction and so no " + type.getName() + " to give");
    }

    @Override
    public <M> void send(Address<? super M> address, M payload) {
        send(address, Outgoing.of(payload));
    }

    @Override
    public <M> void send(Address<? super M> address, Outgoing<M> message) {
        if (address == null) {
            throw new QueueException(ErrorCode.INVALID_ARGUMENT, "address is null");
        }
        checkRunning("nothing was sent");
        plan(outlets.find(address), message);
    }

    /** Refuses what would reach nobody. */
    void checkRunning(String consequence) {
        if (over) {
            throw new QueueException(
                    ErrorCode.INVALID_ARGUMENT,
                    "the handler of message " + message().id() + " has returned; " + consequence);
        }
    }

    private <A> void plan(Outlet<A> outlet, Outgoing<? extends A> message) {
        if (planned.isEmpty()) {
            planned = new ArrayList<>(2);
        }
        String source = job.delivery().source().name();
        MessageFactory.Cause cause = new MessageFactory.Cause(message(), source, planned.size());
        planned.add(new Planned(outlet, outlet.factory().message(message, cause)));
    }

    @Override
    public void reply(Object payload) {
        checkRunning("nothing was sent");
        if (reply != null) {
            throw new QueueException(
                    ErrorCode.INVALID_ARGUMENT,
                    "message " + message().id() + " was replied to already; a request has one reply");
        }
        reply = source.replies().reply(job.delivery().message(), source.name(), payload);
    }
}
