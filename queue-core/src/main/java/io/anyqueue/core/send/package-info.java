/** Sending: stamp, gate, order per key, batch, send again with the same id. */
@NullMarked
package io.anyqueue.core.send;

import org.jspecify.annotations.NullMarked;
