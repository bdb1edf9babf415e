/** What Anyqueue costs, beside what it is built on. See {@code benchmarks/README.md}. */
@NullMarked
package io.anyqueue.benchmarks;

import org.jspecify.annotations.NullMarked;
