package io.anyqueue.rabbitmq.internal;

import com.rabbitmq.client.AMQP.BasicProperties;
import io.anyqueue.History;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a message went through before this copy of it was made (rule RCV-5): a message that goes back is stored anew with these in
 * headers, because what the server counts differs from one of its versions to the next. Immutable.
 *
 * @param deliveries how often it was handed out
 * @param crashes how often that ended in a crash
 * @param attempts how often handling it failed
 * @param firstFailedAtMillis when that was first; 0 for never
 */
record Counters(int deliveries, int crashes, int attempts, long firstFailedAtMillis) {
    /** Headers that begin with this are ours, and no user sees them. */
    static final String PREFIX = "anyqueue-";

    private static final String DELIVERIES = PREFIX + "deliveries";
    private static final String CRASHES = PREFIX + "crashes";
    private static final String ATTEMPTS = PREFIX + "attempts";
    private static final String FIRST_FAILED_AT = PREFIX + "first-failed-at";
    private static final String SERVER_COUNT = "x-delivery-count";

    /** {@return what a released message's headers say; empty for a message that was not released} */
    static Optional<Counters> of(BasicProperties properties) {
        Map<String, Object> headers = properties.getHeaders();
        if (headers == null || !headers.containsKey(DELIVERIES)) {
            return Optional.empty();
        }
        return Optional.of(new Counters(
                (int) number(headers.get(DELIVERIES), Integer.MAX_VALUE / 2),
                (int) number(headers.get(CRASHES), Integer.MAX_VALUE / 2),
                (int) number(headers.get(ATTEMPTS), Integer.MAX_VALUE / 2),
                number(headers.get(FIRST_FAILED_AT), Long.MAX_VALUE)));
    }

    /** {@return what a message went through elsewhere, as a copy that a sender made says} */
    static Counters of(History history) {
        return new Counters(history.deliveries(), 0, history.attempts(), history.firstFailedAtMillis());
    }

    /** {@return how often the server took this copy back, by its own count} */
    static int returns(BasicProperties properties) {
        Map<String, Object> headers = properties.getHeaders();
        return headers == null ? 0 : (int) number(headers.get(SERVER_COUNT), Integer.MAX_VALUE / 2);
    }

    /** {@return properties with these counters in place of others} */
    BasicProperties in(BasicProperties properties) {
        Map<String, Object> headers = Codec.withoutServers(properties);
        headers.put(DELIVERIES, deliveries);
        headers.put(CRASHES, crashes);
        headers.put(ATTEMPTS, attempts);
        headers.put(FIRST_FAILED_AT, firstFailedAtMillis);
        return Codec.copy(properties).headers(headers).build();
    }

    private static long number(@Nullable Object value, long most) {
        return value instanceof Number number ? Math.min(most, Math.max(0, number.longValue())) : 0;
    }
}
