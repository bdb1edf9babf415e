package io.anyqueue.core.codec;

import io.anyqueue.spi.Codec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.ServiceLoader;

/** The codecs of a client: those that the application gave first, then the built-in ones and those found. Immutable. */
public final class Codecs {
    private final List<Codec> ranked;

    /** Finds codecs with the application's class loader. */
    public Codecs(List<Codec> given) {
        List<Codec> all = new ArrayList<>(List.of(new BytesCodec(), new TextCodec()));
        ServiceLoader.load(Codec.class).forEach(all::add);
        all.sort(Comparator.comparingInt(Codec::priority).reversed());
        all.addAll(0, given);
        this.ranked = List.copyOf(all);
    }

    Optional<Codec> forType(Class<?> type) {
        return ranked.stream().filter(codec -> codec.supports(type)).findFirst();
    }

    Optional<Codec> forContent(String contentType, Class<?> type) {
        String wanted = mediaType(contentType);
        return ranked.stream()
                .filter(codec ->
                        codec.supports(type) && mediaType(codec.contentType()).equals(wanted))
                .findFirst();
    }

    private static String mediaType(String contentType) {
        int end = contentType.indexOf(';');
        return (end < 0 ? contentType : contentType.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    }
}
