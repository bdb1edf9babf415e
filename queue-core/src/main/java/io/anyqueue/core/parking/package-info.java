/** Parked keys: who is in front, who waits behind, and how a redrive brings them back in order. */
@NullMarked
package io.anyqueue.core.parking;

import org.jspecify.annotations.NullMarked;
