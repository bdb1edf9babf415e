package io.anyqueue.kafka.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.kafka.internal.Ledger.Range;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LedgerTest {
    private static final Counters PAST = new Counters(3, 1, 2, 1_700_000_000_000L);

    @Test
    void isReadAsItWasWritten() {
        Ledger ledger = new Ledger(
                true,
                7,
                1_700_000_000_000L,
                Uuid.fromString("AAECAwQFBgcICQoLDA0ODw"),
                100,
                250,
                List.of(new Range(100, 101, true, PAST), new Range(120, 250, false, Counters.NONE)));
        assertThat(Ledger.decode(100, ledger.encode())).isEqualTo(ledger);
    }

    @Test
    void countsACrashForWhatWasOutInAnOpenSessionOnly() {
        List<Range> ranges = List.of(new Range(0, 1, true, PAST), new Range(1, 2, false, PAST));
        assertThat(new Ledger(true, 1, 0, Uuid.ZERO_UUID, 0, 2, ranges).adopted())
                .containsExactly(
                        new Range(0, 1, false, new Counters(4, 2, 2, 1_700_000_000_000L)),
                        new Range(1, 2, false, PAST));
        assertThat(new Ledger(false, 1, 0, Uuid.ZERO_UUID, 0, 2, ranges).adopted())
                .isEqualTo(ranges);
    }

    @Test
    void endsWithItsLog() {
        Range before = new Range(2, 4, false, PAST);
        Ledger ledger = new Ledger(
                true,
                7,
                1,
                Uuid.ONE_UUID,
                2,
                20,
                List.of(before, new Range(6, 12, true, PAST), new Range(15, 16, true, PAST)));
        assertThat(ledger.upTo(20)).isSameAs(ledger);
        assertThat(ledger.upTo(10))
                .isEqualTo(new Ledger(true, 7, 1, Uuid.ONE_UUID, 2, 10, List.of(before, new Range(6, 10, true, PAST))));
        assertThat(ledger.upTo(1)).isEqualTo(new Ledger(true, 7, 1, Uuid.ONE_UUID, 1, 1, List.of()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "something else", "aq1.", "aq1.!!!", "aq1.AAAA", "aq1.AQEAgICAgICAgICAgICA", "aq9.AAAAAA"})
    void takesWhatItCannotReadForNothing(String text) {
        assertThat(Ledger.decode(5, text).ranges()).isEmpty();
        assertThat(Ledger.decode(5, text).end()).isEqualTo(5);
    }

    @Test
    void takesRandomBytesForNothingOrForARange() {
        Random random = new Random(4);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            Ledger read = Ledger.decode(10, "aq1." + Base64.getEncoder().encodeToString(bytes));
            assertThat(read.start()).isEqualTo(10);
            assertThat(read.end()).isGreaterThanOrEqualTo(10);
            read.ranges().forEach(range -> assertThat(range.to()).isBetween(range.from(), read.end()));
        }
    }

    @Test
    void takesAnEndBeyondAllNumbersForNothing() {
        String text = new Ledger(false, 1, 0, Uuid.ZERO_UUID, 0, Long.MAX_VALUE, List.of()).encode();
        assertThat(Ledger.decode(10, text)).isEqualTo(Ledger.unknown(10));
    }

    @Test
    void leavesOutCountersWhenTheyDoNotFit() {
        List<Range> ranges = new ArrayList<>();
        for (int i = 0; i < 8_000; i++) {
            ranges.add(new Range(2L * i, 2L * i + 1, true, new Counters(i, 0, 0, 0)));
        }
        Ledger ledger = new Ledger(true, 9, 0, Uuid.ZERO_UUID, 0, 16_000, ranges);
        String text = ledger.encode();
        assertThat(text).hasSizeLessThan(4_096);
        Ledger read = Ledger.decode(0, text);
        assertThat(read.epoch()).isEqualTo(9);
        assertThat(read.end()).isEqualTo(16_000);
        assertThat(read.ranges().stream().map(Range::from))
                .containsExactlyElementsOf(ranges.stream().map(Range::from).toList());
    }

    @Test
    void leavesOutTheFarEndWhenNothingElseHelps() {
        List<Range> ranges = new ArrayList<>();
        for (int i = 0; i < 40_000; i++) {
            ranges.add(new Range(2L * i, 2L * i + 1, true, Counters.NONE));
        }
        String text = new Ledger(false, 1, 0, Uuid.ZERO_UUID, 0, 80_000, ranges).encode();
        assertThat(text).hasSizeLessThan(4_096);
        Ledger read = Ledger.decode(0, text);
        assertThat(read.end()).isEqualTo(Ledger.MOST_BITS);
        assertThat(read.ranges())
                .allSatisfy(range -> assertThat(range.from() % 2).isZero());
    }
}
