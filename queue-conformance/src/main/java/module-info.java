/** Proves that an adapter keeps the contract. */
module io.anyqueue.conformance {
    requires static org.jspecify;
    requires transitive io.anyqueue.api;
    requires transitive org.junit.jupiter.api;
    requires org.assertj.core;
    requires org.slf4j;
    requires tools.jackson.databind;

    exports io.anyqueue.conformance;
    exports io.anyqueue.conformance.junit;
    exports io.anyqueue.conformance.model;

    // JSON is made from the records of reports.
    opens io.anyqueue.conformance.report to
            tools.jackson.databind;
}
