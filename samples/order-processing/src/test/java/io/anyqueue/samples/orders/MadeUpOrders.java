package io.anyqueue.samples.orders;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;

/** Orders as many as wanted: every tenth is a cancellation, every tenth has no customer, the others come from fifty customers. */
final class MadeUpOrders {
    private MadeUpOrders() {}

    /**
     * {@return the orders, one JSON object a line}
     *
     * @param count how many, a multiple of 1,000
     */
    static byte[] lines(int count) {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < count; i++) {
            String id = i % 10 == 3 ? "C" + i : String.valueOf(i);
            String customer = i % 10 == 7 ? "null" : "\"k" + i % 50 + "\"";
            lines.append("{\"orderId\":\"%s\",\"customerId\":%s,\"lines\":[{\"quantity\":3,\"unitPrice\":0.167}]}%n"
                    .formatted(id, customer));
        }
        return lines.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** {@return what a summary of so many says, however the runs went} */
    static String figures(int count) {
        int accepted = count / 10 * 8;
        return ("{'read':%1$d,'accepted':%2$d,'cancelled':%3$d,'deadLetters':{'no customer':%3$d},'malformed':0,"
                        + "'events':{'inventory':%2$d,'email':%2$d,'analytics':%2$d},'revenue':%4$s}")
                .formatted(count, accepted, count / 10, revenue(accepted));
    }

    /** Each accepted order is worth 0.501. */
    private static String revenue(int accepted) {
        return BigDecimal.valueOf(501, 3)
                .multiply(BigDecimal.valueOf(accepted))
                .stripTrailingZeros()
                .toPlainString();
    }
}
