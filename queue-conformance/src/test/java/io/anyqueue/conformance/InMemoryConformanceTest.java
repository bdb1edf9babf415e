package io.anyqueue.conformance;

import io.anyqueue.conformance.junit.AdapterConformance;

/** The reference adapter passes its own kit, and writes the report that others are compared with. */
class InMemoryConformanceTest extends AdapterConformance {
    @Override
    protected AdapterUnderTest adapter() {
        return InMemory.adapter();
    }
}
