package io.anyqueue.samples.orders;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An order, as it stands in the input and as it travels in the queue.
 *
 * @param orderId also the id of the message, so that an order that is sent twice is known as the same
 * @param customerId who ordered, if it is known
 * @param country where the order comes from
 * @param placedAt when it was placed
 * @param lines what was ordered; one or more
 */
record Order(
        String orderId,
        @Nullable String customerId,
        @Nullable String country,
        @Nullable Instant placedAt,
        List<OrderLine> lines) {
    Order {
        lines = List.copyOf(lines);
    }

    /**
     * The key that orders the queue. Orders of one customer are handled one after the other; one without a customer has a key
     * of its own, or all of those would wait for each other.
     */
    String lane() {
        return hasCustomer() ? "customer-" + customerId : "order-" + orderId;
    }

    boolean hasCustomer() {
        return customerId != null && !customerId.isBlank();
    }

    boolean cancels() {
        return orderId.startsWith("C");
    }

    BigDecimal total() {
        return lines.stream().map(OrderLine::total).reduce(BigDecimal.ZERO, BigDecimal::add);
    }
}
