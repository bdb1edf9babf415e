/** The clock, the scheduler and the executor that everything else runs on. */
@NullMarked
package io.anyqueue.core.threads;

import org.jspecify.annotations.NullMarked;
