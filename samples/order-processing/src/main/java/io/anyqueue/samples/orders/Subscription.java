package io.anyqueue.samples.orders;

import java.util.Locale;

/** Who wants to know of accepted orders. */
enum Subscription {
    INVENTORY,
    EMAIL,
    ANALYTICS;

    /** {@return the name on the broker, in the summary and in the state} */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
