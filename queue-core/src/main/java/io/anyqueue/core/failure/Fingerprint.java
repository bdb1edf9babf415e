package io.anyqueue.core.failure;

import io.anyqueue.HandlingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** A short text that is the same for failures of one kind from one place, so that dead letters can be grouped. */
final class Fingerprint {
    private static final int CAUSES = 10;
    private static final int FRAMES = 3;
    private static final int BYTES = 8;

    private Fingerprint() {}

    /** Lines of code change with each release, so they are left out; a reason that the handler gave is its own kind. */
    static String of(DeadLetterReason reason, @Nullable Throwable failure) {
        StringBuilder text = new StringBuilder(reason.name());
        int depth = 0;
        for (Throwable cause = failure; cause != null && depth < CAUSES; cause = cause.getCause(), depth++) {
            text.append('\n').append(cause.getClass().getName());
            if (cause instanceof HandlingException) {
                text.append(':').append(cause.getMessage());
            }
        }
        if (failure != null && !(failure instanceof HandlingException)) {
            StackTraceElement[] frames = failure.getStackTrace();
            for (int i = 0; i < Math.min(FRAMES, frames.length); i++) {
                text.append('\n').append(frames[i].getClassName()).append('.').append(frames[i].getMethodName());
            }
        }
        return hash(text.toString());
    }

    private static String hash(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
