/** Helps to write adapters: what several of them would otherwise write again. */
@NullMarked
package io.anyqueue.spi.support;

import org.jspecify.annotations.NullMarked;
