/** Runs applications in tests: virtual time, injected faults, one thread. */
@NullMarked
package io.anyqueue.test;

import org.jspecify.annotations.NullMarked;
