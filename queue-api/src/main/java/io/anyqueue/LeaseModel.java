package io.anyqueue;

/** How a broker takes back what a consumer does not settle (rules RCV-3, RCV-4). */
public enum LeaseModel {
    /** Each delivery has a lease of its own that can be prolonged. */
    PER_DELIVERY,
    /** Deliveries stay with a consumer as long as its session lives. */
    SESSION
}
