/** What is counted and timed, and under which names. */
@NullMarked
package io.anyqueue.core.metrics;

import org.jspecify.annotations.NullMarked;
