/**
 * Orders from a file, through an ordered queue, to three subscribers of a topic. {@link
 * io.anyqueue.samples.orders.OrderProcessing} is the command; {@link io.anyqueue.samples.orders.OrderHandler} is what an
 * application of this kind consists of.
 */
@NullMarked
package io.anyqueue.samples.orders;

import org.jspecify.annotations.NullMarked;
