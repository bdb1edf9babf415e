/** The adapter itself; no application sees it. */
@NullMarked
package io.anyqueue.kafka.internal;

import org.jspecify.annotations.NullMarked;
