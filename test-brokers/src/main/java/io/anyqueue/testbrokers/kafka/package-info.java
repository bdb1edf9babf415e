/** Kafka for tests: {@link io.anyqueue.testbrokers.kafka.Kafka}. */
@NullMarked
package io.anyqueue.testbrokers.kafka;

import org.jspecify.annotations.NullMarked;
