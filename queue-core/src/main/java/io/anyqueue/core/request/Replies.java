package io.anyqueue.core.request;

import io.anyqueue.ErrorCode;
import io.anyqueue.Message;
import io.anyqueue.PayloadTypes;
import io.anyqueue.QueueException;
import io.anyqueue.core.codec.Codecs;
import io.anyqueue.core.codec.PayloadCodec;
import io.anyqueue.core.failure.DeadLetterFormat;
import io.anyqueue.core.send.MessageFactory;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.Receiver.Forward;
import io.anyqueue.spi.Spec;
import io.anyqueue.spi.TimeSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** The side that answers: makes replies and faults, and knows when they are of no use any more. Safe for use by any thread. */
public final class Replies {
    /** Sending such a reply again would not help. */
    private static final Set<ErrorCode> FOR_GOOD = EnumSet.of(
            ErrorCode.NOT_FOUND,
            ErrorCode.FORBIDDEN,
            ErrorCode.TOO_LARGE,
            ErrorCode.INVALID_ARGUMENT,
            ErrorCode.UNSUPPORTED);

    private final Broker broker;
    private final Codecs codecs;
    private final TimeSource time;
    /** As many as the application has classes that it replies with. */
    private final ConcurrentMap<Class<?>, PayloadCodec<?>> byClass = new ConcurrentHashMap<>();

    /** Replies by way of a broker. */
    public Replies(Broker broker, Codecs codecs, TimeSource time) {
        this.broker = broker;
        this.codecs = codecs;
        this.time = time;
    }

    /**
     * Makes the reply to a request. Its id is derived, so that a repeated run of the handler sends the same one.
     *
     * @param source who answers
     * @throws QueueException INVALID_ARGUMENT if the message asks for no reply, or no codec knows the payload; TOO_LARGE
     */
    public Forward reply(Message request, String source, @Nullable Object payload) {
        if (payload == null) {
            throw invalid("the reply to message " + request.id() + " is null; use an empty payload");
        }
        Spec target = target(request).orElseThrow(() -> noReply(request));
        PayloadCodec.Encoding encoding = codec(payload).encoding(payload);
        Message reply = start(request, source, "reply")
                .type(encoding.typeName())
                .contentType(encoding.codec().contentType())
                .body(encoding.codec().encode(payload))
                .build();
        long largest = Math.min(
                target.maxMessageBytes(), broker.capabilities(target).limits().maxBytes());
        if (reply.size() > largest) {
            throw new QueueException(
                    ErrorCode.TOO_LARGE,
                    "the reply to message " + request.id() + " has " + reply.size() + " bytes, the limit on "
                            + broker.capabilities(target).broker() + " is " + largest);
        }
        return new Forward(target, reply);
    }

    /**
     * {@return what tells the requester that its message is given up; empty if nobody waits for it}
     *
     * @param source who gives it up
     * @param reason why
     * @param failure what the handler threw, if it did: of this, only the text is told
     */
    public List<Forward> fault(Message request, String source, String reason, @Nullable Throwable failure) {
        if (request.replyTo().isEmpty() || isExpired(request)) {
            return List.of();
        }
        String text = DeadLetterFormat.errorText(failure);
        String fault = text.isEmpty() ? reason : reason + ": " + text;
        return target(request)
                .map(target -> new Forward(
                        target,
                        ReplyFormat.fault(start(request, source, "fault"), fault)
                                .build()))
                .stream()
                .toList();
    }

    private Message.Builder start(Message request, String source, String kind) {
        return Message.builder(MessageFactory.derivedId(request.id(), source, kind))
                .createdAtMillis(time.currentTimeMillis())
                .expiresAtMillis(request.expiresAtMillis())
                .correlationId(request.correlationId().orElse(request.id()))
                .causationId(request.id());
    }

    private static Optional<Spec> target(Message request) {
        return request.replyTo().filter(ReplyFormat::isReplyQueue).map(ReplyFormat::queue);
    }

    private static QueueException noReply(Message request) {
        return invalid(
                request.replyTo().isEmpty()
                        ? "message " + request.id() + " asks for no reply"
                        : "message " + request.id() + " asks for a reply to a place that is no reply queue");
    }

    private PayloadCodec<?> codec(Object payload) {
        Class<?> type = payload instanceof Enum<?> constant ? constant.getDeclaringClass() : payload.getClass();
        return byClass.computeIfAbsent(type, this::newCodec);
    }

    private <R> PayloadCodec<R> newCodec(Class<R> type) {
        return new PayloadCodec<>("a reply", type, PayloadTypes.of(type), codecs);
    }

    /** {@return whether it is a reply rather than something that must not be lost} */
    public static boolean isReply(Forward forward) {
        return ReplyFormat.isReplyQueue(forward.target().endpoint().name());
    }

    /** {@return whether nobody waits for the reply to this message any more} */
    public boolean isExpired(Message request) {
        long expires = request.expiresAtMillis();
        return expires != 0 && time.currentTimeMillis() >= expires;
    }

    /** {@return whether a reply with this failure will never be stored: mostly as the requester is gone with its queue} */
    public static boolean isLost(QueueException why) {
        return FOR_GOOD.contains(why.code());
    }

    /** {@return what is left of a move without its replies} */
    public static List<Forward> without(List<Forward> move) {
        return move.stream().filter(forward -> !isReply(forward)).toList();
    }

    private static QueueException invalid(String message) {
        return new QueueException(ErrorCode.INVALID_ARGUMENT, message);
    }
}
