package io.anyqueue.conformance.kit;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/** All that happened to the messages of one case, for the report of its failure. Safe for use by any thread. */
public final class Timeline {
    private static final int MOST = 20_000;
    private static final int SHOWN = 20;

    private final LongSupplier nanos;
    private final long start;
    private final List<Event> events = Collections.synchronizedList(new ArrayList<>());

    /** What can happen to a message. */
    public enum What {
        /** It was given to a sender. */
        SENT,
        /** The sender said that it is stored. */
        CONFIRMED,
        /** The sender said that it is not stored. */
        REJECTED,
        /** The sender said that it may be stored. */
        UNKNOWN,
        /** A receiver handed it out. */
        DELIVERED,
        /** It was acknowledged. */
        ACKED,
        /** It went back. */
        RELEASED,
        /** It was forwarded. */
        FORWARDED,
        /** Its lease was prolonged. */
        EXTENDED,
        /** It was settled too late. */
        STALE
    }

    private record Event(long atNanos, String id, String key, What what, String note) {}

    Timeline(LongSupplier nanos) {
        this.nanos = nanos;
        this.start = nanos.getAsLong();
    }

    void add(String id, String key, What what, String note) {
        if (events.size() < MOST) {
            events.add(new Event(nanos.getAsLong() - start, id, key, what, note));
        }
    }

    /** {@return what is striking, and the history of the messages concerned; empty if nothing happened} */
    public String describe() {
        List<Event> all;
        synchronized (events) {
            all = List.copyOf(events);
        }
        if (all.isEmpty()) {
            return "";
        }
        Map<String, List<Event>> byId = new LinkedHashMap<>();
        all.forEach(event ->
                byId.computeIfAbsent(event.id(), id -> new ArrayList<>()).add(event));
        Set<String> missing = with(byId, What.CONFIRMED, What.DELIVERED);
        Set<String> duplicated = duplicated(byId);
        Set<String> disordered = disordered(all);
        Set<String> striking = new LinkedHashSet<>(missing);
        striking.addAll(duplicated);
        striking.addAll(disordered);
        if (striking.isEmpty()) {
            striking.addAll(byId.keySet());
        }
        StringBuilder text = new StringBuilder();
        line(text, "confirmed and never delivered", missing);
        line(text, "delivered again after being acknowledged", duplicated);
        line(text, "delivered out of order within their key", disordered);
        striking.stream().limit(SHOWN).forEach(id -> history(text, id, byId.getOrDefault(id, List.of())));
        if (striking.size() > SHOWN) {
            text.append("  … and ").append(striking.size() - SHOWN).append(" more messages\n");
        }
        return text.toString();
    }

    private static Set<String> with(Map<String, List<Event>> byId, What has, What lacks) {
        Set<String> found = new LinkedHashSet<>();
        byId.forEach((id, events) -> {
            if (events.stream().anyMatch(e -> e.what() == has)
                    && events.stream().noneMatch(e -> e.what() == lacks)) {
                found.add(id);
            }
        });
        return found;
    }

    private static Set<String> duplicated(Map<String, List<Event>> byId) {
        Set<String> found = new LinkedHashSet<>();
        byId.forEach((id, events) -> {
            boolean acked = false;
            for (Event event : events) {
                if (acked && event.what() == What.DELIVERED) {
                    found.add(id);
                }
                acked |= event.what() == What.ACKED;
            }
        });
        return found;
    }

    /** By the order of their first deliveries, against the order in which they were sent. */
    private static Set<String> disordered(List<Event> all) {
        Map<String, Integer> sent = new LinkedHashMap<>();
        Map<String, Integer> latest = new TreeMap<>();
        Set<String> seen = new LinkedHashSet<>();
        Set<String> found = new LinkedHashSet<>();
        for (Event event : all) {
            if (event.key().isEmpty()) {
                continue;
            }
            if (event.what() == What.SENT) {
                sent.putIfAbsent(event.id(), sent.size());
            } else if (event.what() == What.DELIVERED && seen.add(event.id())) {
                int place = sent.getOrDefault(event.id(), -1);
                int before = latest.getOrDefault(event.key(), -1);
                if (place >= 0 && place < before) {
                    found.add(event.id());
                }
                latest.put(event.key(), Math.max(before, place));
            }
        }
        return found;
    }

    private static void line(StringBuilder text, String what, Set<String> ids) {
        if (!ids.isEmpty()) {
            text.append("  ")
                    .append(what)
                    .append(": ")
                    .append(ids.stream().limit(SHOWN).toList())
                    .append(ids.size() > SHOWN ? " … " + ids.size() + " in all" : "")
                    .append('\n');
        }
    }

    private static void history(StringBuilder text, String id, List<Event> events) {
        text.append("  ").append(id).append(':');
        for (Event event : events) {
            text.append(' ')
                    .append(event.what())
                    .append('@')
                    .append(event.atNanos() / 1_000_000)
                    .append("ms");
            if (!event.note().isEmpty()) {
                text.append('(').append(event.note()).append(')');
            }
        }
        text.append('\n');
    }
}
