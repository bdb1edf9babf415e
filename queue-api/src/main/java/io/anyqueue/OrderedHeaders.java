package io.anyqueue;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Headers in the order they were set, in one array: most messages have a few, and each is copied more often than it is looked up. What has
 * many is an ordinary map. Immutable.
 */
final class OrderedHeaders extends AbstractMap<String, String> {
    /** Up to here looking at one after the other is as fast as hashing. */
    private static final int FEW = 16;

    /** Name and value by turns. */
    private final String[] pairs;

    private OrderedHeaders(String[] pairs) {
        this.pairs = pairs;
    }

    /** {@return the same headers in their order; unmodifiable, and not copied again} */
    static Map<String, String> copyOf(Map<String, String> headers) {
        if (headers instanceof OrderedHeaders) {
            return headers;
        }
        if (headers.isEmpty()) {
            return Map.of();
        }
        if (headers.size() > FEW) {
            return Collections.unmodifiableMap(new LinkedHashMap<>(headers));
        }
        // All at one time, as the map may be changed meanwhile.
        Object[] entries = headers.entrySet().toArray();
        String[] pairs = new String[2 * entries.length];
        for (int i = 0; i < entries.length; i++) {
            Entry<?, ?> header = (Entry<?, ?>) entries[i];
            pairs[2 * i] = (String) header.getKey();
            pairs[2 * i + 1] = (String) header.getValue();
        }
        return new OrderedHeaders(pairs);
    }

    /** {@return the headers with one more, or another value for one of them; unmodifiable} */
    static Map<String, String> with(Map<String, String> headers, String name, String value) {
        if (headers.isEmpty()) {
            return new OrderedHeaders(new String[] {name, value});
        }
        return headers instanceof OrderedHeaders few && few.size() < FEW
                ? few.with(name, value)
                : withMany(headers, name, value);
    }

    private static Map<String, String> withMany(Map<String, String> headers, String name, String value) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put(name, value);
        return copyOf(all);
    }

    private OrderedHeaders with(String name, String value) {
        int place = indexOf(name);
        String[] changed = place < 0 ? Arrays.copyOf(pairs, pairs.length + 2) : pairs.clone();
        int at = place < 0 ? pairs.length : place;
        changed[at] = name;
        changed[at + 1] = value;
        return new OrderedHeaders(changed);
    }

    /** {@return where the name is; -1 if it is not} */
    private int indexOf(@Nullable Object name) {
        for (int i = 0; i < pairs.length; i += 2) {
            if (Objects.equals(pairs[i], name)) {
                return i;
            }
        }
        return -1;
    }

    @Override
    public int size() {
        return pairs.length / 2;
    }

    @Override
    public boolean containsKey(@Nullable Object name) {
        return indexOf(name) >= 0;
    }

    @Override
    public @Nullable String get(@Nullable Object name) {
        int place = indexOf(name);
        return place < 0 ? null : pairs[place + 1];
    }

    @Override
    public void forEach(BiConsumer<? super String, ? super String> action) {
        for (int i = 0; i < pairs.length; i += 2) {
            action.accept(pairs[i], pairs[i + 1]);
        }
    }

    @Override
    public Set<Entry<String, String>> entrySet() {
        return Collections.unmodifiableSet(new AbstractSet<>() {
            @Override
            public int size() {
                return OrderedHeaders.this.size();
            }

            @Override
            public Iterator<Entry<String, String>> iterator() {
                return new Entries();
            }
        });
    }

    // --- what the super class would let pass where it changed nothing

    @Override
    public void clear() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void putAll(Map<? extends String, ? extends String> headers) {
        throw new UnsupportedOperationException();
    }

    @Override
    public String putIfAbsent(String name, String value) {
        throw new UnsupportedOperationException();
    }

    @Override
    public String remove(@Nullable Object name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean remove(@Nullable Object name, @Nullable Object value) {
        throw new UnsupportedOperationException();
    }

    @Override
    public String replace(String name, String value) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean replace(String name, String from, String to) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void replaceAll(BiFunction<? super String, ? super String, ? extends String> change) {
        throw new UnsupportedOperationException();
    }

    @Override
    public String compute(
            String name, BiFunction<? super String, ? super @Nullable String, ? extends @Nullable String> change) {
        throw new UnsupportedOperationException();
    }

    @Override
    public String computeIfAbsent(String name, Function<? super String, ? extends @Nullable String> value) {
        throw new UnsupportedOperationException();
    }

    @Override
    public String computeIfPresent(
            String name, BiFunction<? super String, ? super String, ? extends @Nullable String> change) {
        throw new UnsupportedOperationException();
    }

    @Override
    public String merge(
            String name, String value, BiFunction<? super String, ? super String, ? extends @Nullable String> change) {
        throw new UnsupportedOperationException();
    }

    private final class Entries implements Iterator<Entry<String, String>> {
        private int next;

        @Override
        public boolean hasNext() {
            return next < pairs.length;
        }

        @Override
        public Entry<String, String> next() {
            if (next >= pairs.length) {
                throw new NoSuchElementException();
            }
            next += 2;
            return new SimpleImmutableEntry<>(pairs[next - 2], pairs[next - 1]);
        }
    }
}
