package io.anyqueue.inmemory.internal;

import io.anyqueue.ErrorCode;
import io.anyqueue.Message;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Endpoint;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Says in words why a command was refused. */
final class Refusals {
    private Refusals() {}

    /** Refuses a message. */
    static QueueException of(Outcome outcome, Endpoint target, @Nullable Definition definition, Message message) {
        if (definition == null) {
            return of(outcome, target);
        }
        String name = definition.kind() + " " + definition.name();
        Bounds bounds = definition.bounds();
        return switch (outcome) {
            case TOO_LARGE ->
                new QueueException(
                        ErrorCode.TOO_LARGE,
                        name + " of the in-memory broker takes messages of "
                                + Math.min(definition.maxMessageBytes(), bounds.maxBytes()) + " bytes, message "
                                + message.id() + " has " + message.size());
            case FULL ->
                new QueueException(
                        ErrorCode.RESOURCE_EXHAUSTED,
                        name + " of the in-memory broker is full: it, or each subscription of it, holds "
                                + bounds.maxMessages() + " messages or " + bounds.maxBytes()
                                + " bytes; consume them, or set "
                                + Bounds.MAX_MESSAGES + " or " + Bounds.MAX_BYTES);
            case NO_KEY ->
                new QueueException(
                        ErrorCode.INVALID_ARGUMENT, name + " is ordered, and message " + message.id() + " has no key");
            case NO_DELAY ->
                new QueueException(
                        ErrorCode.UNSUPPORTED,
                        name + " is ordered and takes no delayed messages, message " + message.id() + " is delayed");
            default -> of(outcome, target);
        };
    }

    /** Refuses whatever it was. */
    static QueueException of(Outcome outcome, Endpoint target) {
        String name = Definition.kind(target) + " " + target.physicalName();
        return switch (outcome) {
            case NOT_FOUND ->
                new QueueException(
                        ErrorCode.NOT_FOUND, name + " does not exist on the in-memory broker; declare it first");
            case FOREIGN ->
                new QueueException(ErrorCode.INVALID_ARGUMENT, "the delivery does not come from this in-memory broker");
            case NEGATIVE_DELAY ->
                new QueueException(ErrorCode.INVALID_ARGUMENT, "the delay of a release to " + name + " is negative");
            case CLOSED -> closed("the sender to " + name);
            default -> new QueueException(ErrorCode.INTERNAL, "unexpected outcome " + outcome + " at " + name);
        };
    }

    /** Refuses null before anything happens. */
    static void checkNotNull(@Nullable Object value, String name) {
        if (value == null) {
            throw new QueueException(ErrorCode.INVALID_ARGUMENT, name + " must not be null");
        }
    }

    /** Refuses a list that is null or holds null, as a whole. */
    static void checkNoNull(List<?> all, String name) {
        checkNotNull(all, name);
        for (Object each : all) {
            checkNotNull(each, "each of the " + name);
        }
    }

    static QueueException closed(String what) {
        return new QueueException(ErrorCode.CLOSED, what + " is closed");
    }
}
