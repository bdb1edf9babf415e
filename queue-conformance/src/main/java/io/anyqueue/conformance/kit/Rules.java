package io.anyqueue.conformance.kit;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** The rules of the contract that no case can prove, or none does yet. */
public final class Rules {
    /** Rule and reason. */
    public static final Map<String, String> WITHOUT_CASE = Collections.unmodifiableMap(new TreeMap<>(Map.ofEntries(
            Map.entry("DLQ-2", "needs a dead-letter queue that fails on request; the tests of the core show it"),
            Map.entry("DLQ-3", "needs a process that dies again and again; the tests of the core show it"),
            Map.entry("IDM-3", "needs a transactional store, which is not in this release"),
            Map.entry("LIF-5", "needs a look into a log, whatever library writes it; the runtime's own tests have it"),
            Map.entry("BKP-3", "rate limits and circuit breakers are not in this release"),
            Map.entry("SAG-1", "sagas are not in this release"),
            Map.entry("SAG-2", "sagas are not in this release"),
            Map.entry("SAG-3", "sagas are not in this release"),
            Map.entry("SAG-4", "sagas are not in this release"))));

    private Rules() {}
}
