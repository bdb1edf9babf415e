/** Runs applications in tests: virtual time, injected faults, one thread. */
module io.anyqueue.test {
    requires static org.jspecify;
    requires transitive io.anyqueue.api;
    requires io.anyqueue.core;
    requires io.anyqueue.inmemory;
    requires org.slf4j;

    exports io.anyqueue.test;
}
