package io.anyqueue.rabbitmq.internal;

import com.rabbitmq.client.Connection;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which release of RabbitMQ a server is. Immutable.
 *
 * @param major the first number; 0 if the server does not tell
 * @param minor the second number
 */
record ServerVersion(int major, int minor) implements Comparable<ServerVersion> {
    /** Quorum queues have a time to live, and dead-letter at least once, from here on. */
    static final ServerVersion OLDEST = new ServerVersion(3, 10);

    private static final Pattern NUMBERS = Pattern.compile("(\\d{1,5})\\.(\\d{1,5})\\b.*");

    static ServerVersion of(Connection connection) {
        return of(connection.getServerProperties());
    }

    /** Takes what stands behind the two numbers for a mark of the build. */
    static ServerVersion of(Map<String, Object> serverProperties) {
        Matcher numbers =
                NUMBERS.matcher(String.valueOf(serverProperties.get("version")).trim());
        return numbers.matches()
                ? new ServerVersion(Integer.parseInt(numbers.group(1)), Integer.parseInt(numbers.group(2)))
                : new ServerVersion(0, 0);
    }

    boolean isAtLeast(int wantedMajor, int wantedMinor) {
        return compareTo(new ServerVersion(wantedMajor, wantedMinor)) >= 0;
    }

    @Override
    public int compareTo(ServerVersion other) {
        return major != other.major ? Integer.compare(major, other.major) : Integer.compare(minor, other.minor);
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
