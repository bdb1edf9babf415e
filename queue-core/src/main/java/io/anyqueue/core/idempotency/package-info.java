/** The idempotency store in this process's memory. */
@NullMarked
package io.anyqueue.core.idempotency;

import org.jspecify.annotations.NullMarked;
