package io.anyqueue.json;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.exc.StreamWriteException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.databind.exc.InvalidDefinitionException;
import tools.jackson.databind.exc.InvalidTypeIdException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.ValueInstantiationException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Says what failed without saying a word of the payload. Jackson's own messages quote it, so none of them is used but those
 * about limits and about classes that are to be written.
 */
final class Failures {
    private final PropertyPath path;

    Failures(JsonMapper mapper) {
        this.path = new PropertyPath(mapper);
    }

    QueueException encoding(Class<?> type, RuntimeException failure) {
        String text = type.getTypeName() + " cannot be encoded as JSON: " + encodingReason(failure) + place(failure);
        return new QueueException(ErrorCode.INVALID_ARGUMENT, text, Redacted.of(failure));
    }

    QueueException decoding(Class<?> type, RuntimeException failure) {
        String text = "The body cannot be decoded as JSON of " + type.getTypeName() + ": " + decodingReason(failure)
                + place(failure);
        return new QueueException(ErrorCode.UNDECODABLE, text, Redacted.of(failure));
    }

    private static String encodingReason(RuntimeException failure) {
        if (failure instanceof InvalidDefinitionException definition) {
            return definition.getOriginalMessage();
        }
        if (failure instanceof StreamWriteException write && isDuplicate(write)) {
            return "a property would be written twice";
        }
        return commonReason(failure);
    }

    private static String decodingReason(RuntimeException failure) {
        if (failure instanceof StreamReadException read) {
            return readingReason(read);
        }
        if (failure instanceof InvalidDefinitionException definition && definition.getType() != null) {
            return "Jackson cannot create " + definition.getType().getRawClass().getName()
                    + ", it is abstract or has no constructor to use";
        }
        if (failure instanceof MismatchedInputException mismatch) {
            return mismatchReason(mismatch);
        }
        return commonReason(failure);
    }

    private static String readingReason(StreamReadException failure) {
        if (failure instanceof InputCoercionException coercion) {
            return "a number is out of the range of " + coercion.getTargetType().getName();
        }
        if (failure instanceof UnexpectedEndOfInputException) {
            return "it ends too early";
        }
        return isDuplicate(failure) ? "a property is there twice" : "it is not well-formed";
    }

    private static String mismatchReason(MismatchedInputException failure) {
        if (failure.getOriginalMessage().startsWith("Trailing token")) {
            return "there is more after its end";
        }
        if (failure instanceof InvalidTypeIdException) {
            return "the name of a type is missing or unknown";
        }
        Class<?> target = failure.getTargetType();
        return "a value, or its absence, does not fit " + (target == null ? "the property" : target.getTypeName());
    }

    private static String commonReason(RuntimeException failure) {
        Refusal refusal = refusalIn(failure);
        if (refusal != null) {
            return refusal.getOriginalMessage();
        }
        if (failure instanceof StreamConstraintsException limit) {
            return limit.getOriginalMessage();
        }
        Throwable origin = failure;
        while (origin instanceof JacksonException && origin.getCause() != null) {
            origin = origin.getCause();
        }
        String by = failure instanceof ValueInstantiationException ? "its constructor threw " : "it failed with ";
        return by + origin.getClass().getName();
    }

    private static @Nullable Refusal refusalIn(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof Refusal refusal) {
                return refusal;
            }
        }
        return null;
    }

    private static boolean isDuplicate(JacksonException failure) {
        return failure.getOriginalMessage().startsWith("Duplicate Object property");
    }

    private String place(RuntimeException failure) {
        if (!(failure instanceof JacksonException jackson)) {
            return "";
        }
        String property = path.of(jackson);
        return (property.isEmpty() ? "" : ", at property " + property) + position(jackson.getLocation());
    }

    private static String position(@Nullable TokenStreamLocation location) {
        if (location == null || location.getByteOffset() < 0) {
            return "";
        }
        return ", at byte " + location.getByteOffset() + " (line " + location.getLineNr() + ", column "
                + location.getColumnNr() + ")";
    }
}
