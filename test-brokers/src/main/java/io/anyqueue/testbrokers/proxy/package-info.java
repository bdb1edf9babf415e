/** Faults of the network between a client and a broker. */
@NullMarked
package io.anyqueue.testbrokers.proxy;

import org.jspecify.annotations.NullMarked;
