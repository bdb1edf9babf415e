package io.anyqueue.conformance.runtime;

import io.anyqueue.conformance.kit.Case;
import java.util.List;

/** All cases that go through {@code QueueClient}. */
public final class RuntimeSuite {
    private RuntimeSuite() {}

    /** {@return the cases, in the order of the report} */
    public static List<Case> cases() {
        return List.of();
    }
}
