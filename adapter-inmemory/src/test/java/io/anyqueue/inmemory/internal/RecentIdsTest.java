package io.anyqueue.inmemory.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** No id is taken for another one, and none is forgotten too early. */
class RecentIdsTest {
    private static final long SEED = 20_240_611;

    /** A naive one that keeps everything. */
    private static final class Naive {
        private final Map<String, Long> times = new LinkedHashMap<>();

        boolean contains(String id, long now, long window) {
            Long time = times.get(id);
            return time != null && now - time < window;
        }
    }

    @Test
    void agrees_with_a_naive_one() {
        Random random = new Random(SEED);
        for (int round = 0; round < 10; round++) {
            long window = 1L + random.nextInt(3000);
            RecentIds ids = new RecentIds(window);
            Naive naive = new Naive();
            long now = 0;
            for (int i = 0; i < 20_000; i++) {
                now += random.nextInt(3);
                String id = colliding(random.nextInt(4000));
                boolean known = ids.contains(id, now);
                if (known != naive.contains(id, now, window)) {
                    throw new AssertionError("seed " + SEED + ", round " + round + ", step " + i + ": " + id);
                }
                if (!known) {
                    ids.add(id, now);
                    naive.times.put(id, now);
                }
            }
        }
    }

    /** {@return one of 4096 texts that share hash codes in large groups} */
    private static String colliding(int number) {
        StringBuilder text = new StringBuilder();
        for (int bit = 0; bit < 12; bit++) {
            text.append((number >> bit & 1) == 0 ? "Aa" : "BB");
        }
        return text.append(number % 7).toString();
    }

    @Test
    void remembers_the_latest_up_to_its_limit() {
        RecentIds ids = new RecentIds(Long.MAX_VALUE);
        int all = RecentIds.MOST * 2 + 17;
        for (int i = 0; i < all; i++) {
            ids.add("id-" + i, i);
        }
        assertThat(IntStream.range(0, all).filter(i -> ids.contains("id-" + i, all)))
                .hasSize(RecentIds.MOST)
                .allMatch(i -> i >= all - RecentIds.MOST);
        ids.clear();
        assertThat(ids.contains("id-" + (all - 1), all)).isFalse();
    }
}
