package io.anyqueue.core.request;

import io.anyqueue.Message;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.Endpoint.QueueEndpoint;
import io.anyqueue.spi.Spec;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What requests and replies look like on the wire. A reply goes to a queue whose name has one form only, so that a message
 * from anywhere cannot make its handler's client write to other places.
 */
public final class ReplyFormat {
    private static final String SUFFIX = "replies";
    private static final Pattern REPLY_QUEUE = Pattern.compile("[A-Za-z0-9._-]{0,128}client-[0-9a-f]{32}--replies");
    private static final String FAULT = "q-fault";
    private static final int ID_BYTES = 16;

    private ReplyFormat() {}

    /** {@return a name for a reply queue that no other client has} */
    static String newQueue(String prefix) {
        byte[] id = new byte[ID_BYTES];
        new SecureRandom().nextBytes(id);
        return Endpoint.derive(prefix + "client-" + HexFormat.of().formatHex(id), SUFFIX);
    }

    /** {@return whether a name is one of a reply queue} */
    public static boolean isReplyQueue(String name) {
        return name.endsWith(SUFFIX) && REPLY_QUEUE.matcher(name).matches();
    }

    /** {@return the reply queue of this name, which is the same for applications and the broker} */
    static Spec queue(String name) {
        return Spec.of(new QueueEndpoint(name, name));
    }

    /** {@return the id of the request that a message answers} */
    static String question(Message reply) {
        return reply.correlationId().or(reply::causationId).orElse("");
    }

    static Message.Builder fault(Message.Builder reply, String text) {
        return reply.headers(Map.of(FAULT, text));
    }

    /** {@return why the handler failed, if the reply says so} */
    static Optional<String> fault(Message reply) {
        return Optional.ofNullable(reply.headers().get(FAULT));
    }
}
