/** The client as the application sees it: queues, topics, sources, consumer settings, shutdown. Wires the other parts. */
@NullMarked
package io.anyqueue.core.client;

import org.jspecify.annotations.NullMarked;
