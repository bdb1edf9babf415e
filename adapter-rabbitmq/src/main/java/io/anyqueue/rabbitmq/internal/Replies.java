package io.anyqueue.rabbitmq.internal;

import com.rabbitmq.client.AMQP;
import io.anyqueue.ErrorCode;

/**
 * What the server means when it closes a channel or a connection with a code and a text. One code has several meanings, which only
 * the text tells apart. Stateless.
 *
 * @param code what it is in the contract's terms (rule ERR-1)
 * @param hint what to do about it; may be empty
 */
record Replies(ErrorCode code, String hint) {
    static Replies of(int reply, String text) {
        return switch (reply) {
            case AMQP.ACCESS_REFUSED -> accessRefused(text);
            case AMQP.NOT_FOUND -> notFound(text);
            case AMQP.PRECONDITION_FAILED -> preconditionFailed(text);
            case AMQP.RESOURCE_LOCKED -> new Replies(ErrorCode.CONFLICT, "it is exclusive to another connection");
            case AMQP.NOT_ALLOWED -> notAllowed(text);
            case AMQP.CONTENT_TOO_LARGE -> new Replies(ErrorCode.TOO_LARGE, "");
            case AMQP.RESOURCE_ERROR -> new Replies(ErrorCode.RESOURCE_EXHAUSTED, "");
            case AMQP.NOT_IMPLEMENTED -> new Replies(ErrorCode.UNSUPPORTED, "this server or its version cannot do it");
            default -> new Replies(ErrorCode.UNAVAILABLE, "");
        };
    }

    private static Replies accessRefused(String text) {
        return text.contains("exclusive use")
                ? new Replies(ErrorCode.CONFLICT, "a consumer has it for itself")
                : new Replies(ErrorCode.FORBIDDEN, "grant the user the permission (rabbitmqctl set_permissions)");
    }

    /** A queue whose server is away is not gone. */
    private static Replies notFound(String text) {
        boolean away = text.contains("down or inaccessible")
                || text.contains("stopped by supervisor")
                || text.contains("has no leader");
        return away ? new Replies(ErrorCode.UNAVAILABLE, "") : new Replies(ErrorCode.NOT_FOUND, "");
    }

    private static Replies preconditionFailed(String text) {
        if (text.contains("unknown delivery tag")) {
            return new Replies(
                    ErrorCode.UNAVAILABLE, "the channel is opened again, and what it held is delivered again");
        }
        if (text.contains("acknowledgement") && text.contains("timed out")) {
            return new Replies(
                    ErrorCode.UNAVAILABLE,
                    "a handler ran longer than the server's consumer_timeout; what the channel held is delivered again");
        }
        if (text.contains("message size")) {
            return new Replies(
                    ErrorCode.TOO_LARGE, "set " + Settings.MAX_MESSAGE_BYTES + " to the server's max_message_size");
        }
        if (text.contains("limit") && text.contains("reached")) {
            return new Replies(ErrorCode.RESOURCE_EXHAUSTED, "");
        }
        if (text.contains("invalid arg")) {
            return new Replies(ErrorCode.INVALID_ARGUMENT, "");
        }
        return new Replies(ErrorCode.CONFLICT, "");
    }

    private static Replies notAllowed(String text) {
        if (text.contains("not found")) {
            return new Replies(ErrorCode.NOT_FOUND, "the virtual host is the URL's path; write %2F for '/'");
        }
        if (text.contains("limit") || text.contains("channel_max")) {
            return new Replies(ErrorCode.RESOURCE_EXHAUSTED, "");
        }
        if (text.contains("is down")) {
            return new Replies(ErrorCode.UNAVAILABLE, "");
        }
        return new Replies(ErrorCode.FORBIDDEN, "");
    }
}
