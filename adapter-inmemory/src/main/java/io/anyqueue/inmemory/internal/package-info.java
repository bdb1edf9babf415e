/**
 * The in-memory broker's inside: a state machine that knows no locks, threads or clocks ({@code BrokerState} and what it is
 * made of), and the driver that feeds it with commands and carries out its effects ({@code InMemoryBroker}, {@code Instance}).
 */
@NullMarked
package io.anyqueue.inmemory.internal;

import org.jspecify.annotations.NullMarked;
