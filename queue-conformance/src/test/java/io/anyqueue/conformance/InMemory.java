package io.anyqueue.conformance;

import java.nio.file.Path;

/** The in-memory adapter, as the kit's own tests use it. */
public final class InMemory {
    private InMemory() {}

    /** {@return the adapter, with a broker of its own for each case} */
    public static AdapterUnderTest adapter() {
        return AdapterUnderTest.of("inmemory", trial -> "inmemory:" + trial)
                .brokerVersion(() -> "0.1")
                .parallel(4)
                .reports(Path.of("..", "docs", "conformance"));
    }

    /** {@return the adapter in virtual time, for what runs on one thread} */
    public static AdapterUnderTest inVirtualTime() {
        return adapter().clock(VirtualTestClock::new);
    }
}
