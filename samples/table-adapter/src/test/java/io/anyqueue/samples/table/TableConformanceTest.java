package io.anyqueue.samples.table;

import io.anyqueue.conformance.AdapterUnderTest;
import io.anyqueue.conformance.junit.AdapterConformance;
import java.nio.file.Path;

class TableConformanceTest extends AdapterConformance {
    @Override
    protected AdapterUnderTest adapter() {
        return AdapterUnderTest.of("table", "table:conformance")
                .brokerVersion(() -> "H2 2.5.252")
                .reports(Path.of("..", "..", "docs", "conformance"));
    }
}
