package io.anyqueue.samples.orders;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * One line of an order.
 *
 * @param sku the article
 * @param description what it is
 * @param quantity how many; returns have negative ones
 * @param unitPrice the price of one, exact
 */
record OrderLine(@Nullable String sku, @Nullable String description, int quantity, BigDecimal unitPrice) {
    BigDecimal total() {
        return unitPrice.multiply(BigDecimal.valueOf(quantity));
    }
}
