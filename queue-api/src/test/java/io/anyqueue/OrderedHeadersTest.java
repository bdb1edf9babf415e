package io.anyqueue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Few headers and many are kept in different ways, and nobody can tell. */
class OrderedHeadersTest {
    private static Map<String, String> map(int size) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (int i = size; i > 0; i--) {
            headers.put("name-" + i, "value-" + i);
        }
        return headers;
    }

    private static Map<String, String> oneByOne(Map<String, String> from) {
        Map<String, String> headers = Map.of();
        for (Map.Entry<String, String> header : from.entrySet()) {
            headers = OrderedHeaders.with(headers, header.getKey(), header.getValue());
        }
        return headers;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 15, 16, 17, 40})
    void are_a_map_in_the_order_they_were_set(int size) {
        Map<String, String> expected = map(size);

        for (Map<String, String> headers : List.of(OrderedHeaders.copyOf(expected), oneByOne(expected))) {
            assertThat(headers).isEqualTo(expected).hasSameHashCodeAs(expected).hasSize(size);
            assertThat(new ArrayList<>(headers.entrySet())).isEqualTo(new ArrayList<>(expected.entrySet()));
            List<String> visited = new ArrayList<>();
            headers.forEach((name, value) -> visited.add(name + "=" + value));
            assertThat(visited)
                    .isEqualTo(expected.entrySet().stream()
                            .map(Map.Entry::toString)
                            .toList());
            expected.forEach((name, value) -> assertThat(headers).containsEntry(name, value));
            assertThat(headers.get("another")).isNull();
            assertThat(headers.containsKey("another")).isFalse();
            assertThat(headers).isUnmodifiable();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 16, 17, 40})
    void another_value_takes_the_place_of_the_first(int size) {
        Map<String, String> before = OrderedHeaders.copyOf(map(size));
        Map<String, String> expected = map(size);
        expected.put("name-1", "changed");

        Map<String, String> changed = OrderedHeaders.with(before, "name-1", "changed");

        assertThat(new ArrayList<>(changed.entrySet())).isEqualTo(new ArrayList<>(expected.entrySet()));
        assertThat(before).containsEntry("name-1", "value-1");
    }
}
