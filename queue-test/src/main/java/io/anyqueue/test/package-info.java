/**
 * Tests applications without waiting: the whole runtime and the in-memory broker run in virtual time on the test's own thread,
 * with faults injected where the test asks for them. {@link io.anyqueue.test.TestQueues} is the entry point;
 * {@link io.anyqueue.test.VirtualTime} is the clock behind it, for tests of adapters and of code with timers of its own.
 */
@NullMarked
package io.anyqueue.test;

import org.jspecify.annotations.NullMarked;
