package io.anyqueue.samples.orders;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SummaryTest {
    private static final Summary SUMMARY = new Summary(
            new Totals(
                    25_900,
                    18_502,
                    3_836,
                    new TreeMap<>(Map.of("unit price <= 0", 34L, "no customer", 3_528L)),
                    1_850,
                    Map.of(
                            Subscription.INVENTORY,
                            18_502L,
                            Subscription.EMAIL,
                            18_502L,
                            Subscription.ANALYTICS,
                            18_502L),
                    new BigDecimal("8895529.314"),
                    0,
                    81_406,
                    0),
            2,
            Duration.ofSeconds(2));

    @Test
    void asText() {
        assertThat(SUMMARY.text().lines())
                .containsExactly(
                        "orders read                      25,900",
                        "  accepted                       18,502",
                        "  cancelled                       3,836",
                        "  dead letters                    3,562",
                        "    no customer                   3,528",
                        "    unit price <= 0                  34",
                        "payments retried                  1,850",
                        "malformed lines                       2",
                        "events",
                        "  inventory                      18,502",
                        "  email                          18,502",
                        "  analytics                      18,502",
                        "revenue                     8895529.314",
                        "messages per second              40,703");
    }

    @Test
    void asJson() {
        assertThat(SUMMARY.json())
                .isEqualTo("{\"read\":25900,\"accepted\":18502,\"cancelled\":3836,\"deadLetters\":"
                        + "{\"no customer\":3528,\"unit price <= 0\":34},\"retries\":1850,\"malformed\":2,\"events\":"
                        + "{\"inventory\":18502,\"email\":18502,\"analytics\":18502},\"revenue\":8895529.314,"
                        + "\"duplicates\":0,\"seconds\":2.0,\"messagesPerSecond\":40703}");
    }

    @Test
    void revenueIsNeverWrittenWithAnExponent() {
        Totals totals = new Totals(
                0, 0, 0, new TreeMap<>(), 0, Map.of(Subscription.EMAIL, 0L), new BigDecimal("1E+9"), 0, 0, 0);
        Summary summary = new Summary(totals, 0, Duration.ZERO);

        assertThat(summary.json()).contains("\"revenue\":1000000000,");
        assertThat(summary.text()).contains(" 1000000000");
        assertThat(summary.messagesPerSecond()).isZero();
    }
}
