package io.anyqueue.core.config;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Resolves <code>${env:NAME}</code> and <code>${file:PATH}</code> in a value, anew at each call, for secrets that rotate. */
final class References {
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{(env|file):([^}]+)}");
    private static final long MAX_FILE_BYTES = 64 * 1024;

    private final Map<String, String> environment;

    References(Map<String, String> environment) {
        this.environment = environment;
    }

    String resolve(String key, String value) {
        Matcher matcher = REFERENCE.matcher(value);
        StringBuilder resolved = new StringBuilder();
        while (matcher.find()) {
            String target = matcher.group(2);
            String content = matcher.group(1).equals("env") ? variable(key, target) : file(key, target);
            matcher.appendReplacement(resolved, Matcher.quoteReplacement(content));
        }
        return matcher.appendTail(resolved).toString();
    }

    private String variable(String key, String name) {
        String value = environment.get(name);
        if (value == null) {
            throw new QueueException(
                    ErrorCode.INVALID_ARGUMENT,
                    key + " refers to the environment variable " + name + ", which is not set");
        }
        return value;
    }

    private static String file(String key, String name) {
        Path path = Path.of(name);
        try {
            if (Files.size(path) > MAX_FILE_BYTES) {
                throw new QueueException(
                        ErrorCode.INVALID_ARGUMENT,
                        key + " refers to a file larger than " + MAX_FILE_BYTES + " bytes: " + name);
            }
            return Files.readString(path).stripTrailing();
        } catch (IOException e) {
            throw new QueueException(
                    ErrorCode.INVALID_ARGUMENT, key + " refers to a file that cannot be read: " + name, e);
        }
    }
}
