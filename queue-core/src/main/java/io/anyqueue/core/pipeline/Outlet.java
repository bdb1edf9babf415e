package io.anyqueue.core.pipeline;

import io.anyqueue.core.send.MessageFactory;
import io.anyqueue.core.send.Publisher;
import io.anyqueue.spi.Broker;

/**
 * Where messages to one destination go: how they are made, and how they are sent.
 *
 * @param factory makes them
 * @param publisher sends them
 * @param broker the broker it is on
 * @param <T> the type of the payloads
 */
public record Outlet<T>(MessageFactory<T> factory, Publisher publisher, Broker broker) {}
