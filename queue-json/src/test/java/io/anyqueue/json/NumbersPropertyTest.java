package io.anyqueue.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.json.Payloads.Decimal;
import io.anyqueue.json.Payloads.Fraction;
import io.anyqueue.json.Payloads.Whole;
import java.math.BigDecimal;
import java.math.BigInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class NumbersPropertyTest {
    private static final BigInteger HUGE = BigInteger.TEN.pow(400);

    private final JsonCodec codec = new JsonCodec();

    /** BigDecimal.equals compares the scale, too. */
    @Property
    void decimals_keep_value_and_scale(@ForAll("decimals") BigDecimal value) {
        assertThat(codec.decode(codec.encode(new Decimal(value)), Decimal.class).value())
                .isEqualTo(value);
    }

    @Property
    void integers_keep_their_value(@ForAll("integers") BigInteger value) {
        assertThat(codec.decode(codec.encode(new Whole(value)), Whole.class).value())
                .isEqualTo(value);
    }

    @Property
    void doubles_keep_their_value(@ForAll double value) {
        assertThat(codec.decode(codec.encode(new Fraction(value)), Fraction.class)
                        .value())
                .isEqualTo(value);
    }

    @Example
    void decimals_that_are_no_doubles() {
        for (String text : new String[] {"8895529.314", "1E+3", "1000", "1E-7", "0.000", "0E+5", "-0.10"}) {
            decimals_keep_value_and_scale(new BigDecimal(text));
        }
    }

    @Provide
    Arbitrary<BigInteger> integers() {
        return Arbitraries.bigIntegers().between(HUGE.negate(), HUGE);
    }

    @Provide
    Arbitrary<BigDecimal> decimals() {
        Arbitrary<Integer> scales = Arbitraries.integers().between(-500, 500);
        return Combinators.combine(integers(), scales).as(BigDecimal::new);
    }
}
