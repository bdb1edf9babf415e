/** From payloads to bytes and back, for the registered types of a destination only. */
@NullMarked
package io.anyqueue.core.codec;

import org.jspecify.annotations.NullMarked;
