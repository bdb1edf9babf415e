package io.anyqueue.samples.orders;

import java.time.Duration;
import java.util.Locale;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a run ends with.
 *
 * @param totals the figures
 * @param malformed lines of the input that are no orders
 * @param elapsed from the first line read to the last message handled
 */
record Summary(Totals totals, long malformed, Duration elapsed) {
    /** {@return how many messages were handled per second in this run: orders, and events at each subscription} */
    long messagesPerSecond() {
        long nanos = Math.max(1, elapsed.toNanos());
        return Math.round(totals.handled() * 1e9 / nanos);
    }

    String text() {
        StringBuilder text = new StringBuilder();
        row(text, "orders read", totals.read());
        row(text, "  accepted", totals.accepted());
        row(text, "  cancelled", totals.cancelled());
        row(text, "  dead letters", totals.dead());
        totals.deadLetters().forEach((reason, count) -> row(text, "    " + reason, count));
        row(text, "payments retried", totals.retries());
        row(text, "malformed lines", malformed);
        text.append(String.format("events%n"));
        totals.events().forEach((subscription, count) -> row(text, "  " + subscription.label(), count));
        row(text, "revenue", totals.revenue().toPlainString());
        row(text, "messages per second", messagesPerSecond());
        return text.toString();
    }

    /** {@return the same as one line of JSON} */
    String json() {
        // Revenue is written digit by digit, never in the scientific notation.
        JsonMapper mapper = JsonMapper.builder()
                .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
                .build();
        ObjectNode root = mapper.createObjectNode();
        root.put("read", totals.read());
        root.put("accepted", totals.accepted());
        root.put("cancelled", totals.cancelled());
        ObjectNode deadLetters = root.putObject("deadLetters");
        totals.deadLetters().forEach(deadLetters::put);
        root.put("retries", totals.retries());
        root.put("malformed", malformed);
        ObjectNode events = root.putObject("events");
        totals.events().forEach((subscription, count) -> events.put(subscription.label(), count));
        root.put("revenue", totals.revenue());
        root.put("duplicates", totals.duplicates());
        root.put("seconds", elapsed.toMillis() / 1000.0);
        root.put("messagesPerSecond", messagesPerSecond());
        return mapper.writeValueAsString(root);
    }

    private static void row(StringBuilder text, String label, long count) {
        row(text, label, String.format(Locale.ROOT, "%,d", count));
    }

    private static void row(StringBuilder text, String label, String value) {
        text.append(String.format(Locale.ROOT, "%-24s %14s%n", label, value));
    }
}
