/** The runtime suite: what must be true for an application, through {@code QueueClient}. */
@NullMarked
package io.anyqueue.conformance.runtime;

import org.jspecify.annotations.NullMarked;
