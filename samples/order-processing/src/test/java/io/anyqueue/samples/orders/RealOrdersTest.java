package io.anyqueue.samples.orders;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** The 25,900 orders that {@code ANYQUEUE_ORDERS} names; see the README of the sample for where they are from. */
class RealOrdersTest {
    static final int ORDERS = 25_900;
    static final int DEAD = 3_562;
    static final String FIGURES = "{'read':25900,'accepted':18502,'cancelled':3836,'deadLetters':"
            + "{'no customer':3528,'unit price <= 0':34},'malformed':0,"
            + "'events':{'inventory':18502,'email':18502,'analytics':18502},'revenue':8895529.314}";

    /** {@return the file} Aborts the test if there is none. */
    static String findOrders() {
        String orders = System.getenv("ANYQUEUE_ORDERS");
        if (orders == null || orders.isBlank()) {
            Assumptions.abort("ANYQUEUE_ORDERS is not set: the real orders were not run");
        }
        return orders;
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "0, 8", "0.1, 1", "0.1, 8", "0.5, 1", "0.5, 8"})
    void comeToTheSameFiguresWhateverFailsAndHoweverManyHandlersRun(String failRate, String concurrency) {
        JsonNode summary = new Command()
                .summary("--json", "--input", findOrders(), "--fail-rate", failRate, "--concurrency", concurrency);

        Command.assertFigures(summary, FIGURES);
        assertThat(summary.get("duplicates").longValue()).isZero();
        assertThat(summary.get("retries").doubleValue() / 18_502)
                .isBetween(Double.parseDouble(failRate) - 0.01, Double.parseDouble(failRate) + 0.01);
    }
}
