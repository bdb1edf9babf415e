package io.anyqueue.spi;

/**
 * Encodes and decodes payloads of one media type; found by {@code ServiceLoader} or given to the client. Stateless and safe
 * for use by any thread. Which classes are decoded is decided by the runtime, from the spec's registered types (rule SEC-1).
 */
public interface Codec {
    /** {@return the media type, such as {@code application/json}} */
    String contentType();

    /**
     * Tells whether payloads of a class can be encoded and decoded.
     *
     * @param type the class
     * @return whether it is supported
     */
    boolean supports(Class<?> type);

    /** {@return its rank among the codecs that support a class: the highest is taken} */
    int priority();

    /**
     * Encodes a payload.
     *
     * @param payload the payload; not kept and not changed
     * @return the bytes, which are the caller's from now on
     * @throws io.anyqueue.QueueException INVALID_ARGUMENT if the payload cannot be encoded
     */
    byte[] encode(Object payload);

    /**
     * Decodes a payload.
     *
     * @param body the bytes; neither kept nor changed, unless the payload is read-only
     * @param type the class to decode into
     * @param <T> the class to decode into
     * @return the payload
     * @throws io.anyqueue.QueueException UNDECODABLE if the bytes are not one, or exceed a limit of depth or size
     */
    <T> T decode(byte[] body, Class<T> type);
}
