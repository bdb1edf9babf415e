/** Consuming: poll loop, dispatcher, workers, settler, lease keeper and life cycle, one class each. */
@NullMarked
package io.anyqueue.core.consume;

import org.jspecify.annotations.NullMarked;
