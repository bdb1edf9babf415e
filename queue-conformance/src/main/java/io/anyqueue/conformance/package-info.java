/** Proves that an adapter keeps the contract. */
@NullMarked
package io.anyqueue.conformance;

import org.jspecify.annotations.NullMarked;
