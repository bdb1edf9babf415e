package io.anyqueue.core.client;

/**
 * A queue or topic of some client, seen as a place to send to.
 *
 * @param <T> the type of the payloads
 */
interface Opened<T> {
    Sending<T> sending();
}
