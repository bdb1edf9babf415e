package io.anyqueue.samples.orders;

import java.io.IOException;

/**
 * Stands for a payment service that is down now and then: for a share of the orders the first attempt fails and the next
 * one succeeds. Which orders is a matter of their ids alone, so that every run with the same share meets the same failures.
 */
final class Payments {
    private final double failRate;

    /**
     * @param failRate the share of orders whose first payment fails, 0 to 1
     */
    Payments(double failRate) {
        this.failRate = failRate;
    }

    /**
     * Takes the money.
     *
     * @param orderId the order
     * @param attempt which attempt this is, beginning with 1
     * @throws IOException if the service is down; the next attempt may succeed
     */
    void charge(String orderId, int attempt) throws IOException {
        if (attempt == 1 && failsFirst(orderId)) {
            throw new IOException("payment service is down (order " + orderId + ")");
        }
    }

    boolean failsFirst(String orderId) {
        return share(orderId) < failRate;
    }

    /** Spreads ids evenly over 0 (included) to 1 (excluded): FNV-1a, then the mixing of SplitMix64, as ids differ little. */
    private static double share(String orderId) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < orderId.length(); i++) {
            hash = (hash ^ orderId.charAt(i)) * 0x100000001b3L;
        }
        hash = (hash ^ (hash >>> 30)) * 0xbf58476d1ce4e5b9L;
        hash = (hash ^ (hash >>> 27)) * 0x94d049bb133111ebL;
        hash ^= hash >>> 31;
        return (hash >>> 11) * 0x1.0p-53;
    }
}
