package io.anyqueue;

/**
 * The message that a handler is running for, and what can be done in its name. Valid until the handler returns, and for use
 * by the handler's thread; {@link #stopping()} may be asked by any thread.
 */
public interface MessageContext {
    /** {@return the message; changing anything reachable from it changes nothing for the next delivery (rule RTY-3)} */
    Message message();

    /** {@return which run of the handler this is, beginning with 1 (rule RCV-5)} */
    int attempt();

    /** {@return how often the broker handed the message out, beginning with 1 (rule RCV-5)} */
    int deliveries();

    /** {@return the key under which an effect outside can be made idempotent: the same on every run for this message} */
    String idempotencyKey();

    /** {@return whether the handler should end soon: the consumer stops, the lease is lost or the time is up (rule RCV-3)} */
    boolean stopping();

    /**
     * Gives the resource of the consumer's transaction, such as a {@code java.sql.Connection}.
     *
     * @param type the type of the resource
     * @param <R> the type of the resource
     * @return the resource
     * @throws QueueException UNSUPPORTED if the consumer is not transactional or has no such resource
     */
    <R> R resource(Class<R> type);

    /**
     * Sends a payload once the handler has succeeded, and before its message is acknowledged: if one cannot be confirmed
     * the handler has failed. The id is derived from the incoming message, so that a repeated run sends the same ids. With
     * {@link ConsumerBuilder#exactlyOnce()} it is stored in one step with the acknowledgement, and appears once.
     *
     * @param address where to; the queue or topic of another client bridges two brokers
     * @param payload the payload
     * @param <M> the type of the payload
     * @throws QueueException INVALID_ARGUMENT, TOO_LARGE or UNSUPPORTED if the message is refused; UNSUPPORTED for the queue or topic of
     *     another client if the consumer is {@linkplain ConsumerBuilder#exactlyOnce() exactly-once}
     */
    <M> void send(Address<? super M> address, M payload);

    /**
     * Sends a message once the handler has succeeded; see {@link #send(Address, Object)}.
     *
     * @param address where to
     * @param message the payload with its options
     * @param <M> the type of the payload
     * @throws QueueException INVALID_ARGUMENT, TOO_LARGE or UNSUPPORTED if the message is refused
     */
    <M> void send(Address<? super M> address, Outgoing<M> message);

    /**
     * Replies to a request once the handler has succeeded, in one step with {@link #send(Address, Object)} and the
     * acknowledgement where the broker can. A repeated run sends the reply under the same id. A reply that cannot be stored, as
     * the requester is gone or its time is up, is dropped and counted: it is no reason to run the handler again.
     *
     * <p>A message says itself where its reply goes, so only the queues that {@link QueueClient#request} makes are accepted:
     * physical names that end with {@code client-}, 32 hexadecimal digits and {@code --replies}.
     *
     * @param payload the answer, encoded by the client's codecs under the logical name of its class
     * @throws QueueException INVALID_ARGUMENT if the message asks for no reply, asks for it elsewhere, or was replied to in
     *     this run; if the payload is null or no codec knows it; TOO_LARGE
     */
    void reply(Object payload);
}
