/** How the adapter for RabbitMQ does it. */
@NullMarked
package io.anyqueue.rabbitmq.internal;

import org.jspecify.annotations.NullMarked;
