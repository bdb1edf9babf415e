package io.anyqueue.samples.orders;

import io.anyqueue.MessageType;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * An order was accepted and paid.
 *
 * @param orderId the order
 * @param customerId who ordered
 * @param total what was paid
 */
@MessageType("order-accepted")
record OrderAccepted(String orderId, @Nullable String customerId, BigDecimal total) {}
