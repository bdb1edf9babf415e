/** The adapter suite: what must be true of every adapter, through the SPI alone. */
@NullMarked
package io.anyqueue.conformance.adapter;

import org.jspecify.annotations.NullMarked;
