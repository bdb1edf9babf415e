/** What becomes of a message: the outcomes, the failure policy, and how a dead letter is written. */
@NullMarked
package io.anyqueue.core.failure;

import org.jspecify.annotations.NullMarked;
