package io.anyqueue.conformance.runtime;

import io.anyqueue.spi.Codec;
import java.nio.charset.StandardCharsets;

/** Payloads of two types, and a codec for them. */
final class Shapes {
    static final Codec CODEC = new ShapeCodec();

    private Shapes() {}

    /** Either. */
    sealed interface Shape {
        String name();
    }

    /** One. */
    record Circle(String name) implements Shape {}

    /** The other. */
    record Square(String name) implements Shape {}

    private static final class ShapeCodec implements Codec {
        @Override
        public String contentType() {
            return "text/x-shape";
        }

        @Override
        public boolean supports(Class<?> type) {
            return Shape.class.isAssignableFrom(type);
        }

        @Override
        public int priority() {
            return 1;
        }

        @Override
        public byte[] encode(Object payload) {
            return ((Shape) payload).name().getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public <T> T decode(byte[] body, Class<T> type) {
            String name = new String(body, StandardCharsets.UTF_8);
            return type.cast(type == Circle.class ? new Circle(name) : new Square(name));
        }
    }
}
