package io.anyqueue.core;

import io.anyqueue.spi.Codec;
import java.nio.charset.StandardCharsets;

/** Payloads of several types, with a codec: core itself knows bytes and text only. */
final class Shapes {
    private Shapes() {}

    /** Circles and squares. */
    sealed interface Shape {
        String name();
    }

    record Circle(String name) implements Shape {}

    record Square(String name) implements Shape {}

    /** The name is the body; {@code broken} is not decoded. */
    static final class ShapeCodec implements Codec {
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
            if (name.equals("broken")) {
                throw new IllegalArgumentException("a broken shape");
            }
            return type.cast(type == Circle.class ? new Circle(name) : new Square(name));
        }
    }
}
