package io.anyqueue.core.codec;

import io.anyqueue.spi.Codec;
import java.nio.ByteBuffer;

/** Bytes as they are. An array is copied both ways, as neither side may see the other's changes (rules SND-7, RTY-3). */
final class BytesCodec implements Codec {
    @Override
    public String contentType() {
        return "application/octet-stream";
    }

    @Override
    public boolean supports(Class<?> type) {
        return type == byte[].class || ByteBuffer.class.isAssignableFrom(type);
    }

    @Override
    public int priority() {
        return 0;
    }

    @Override
    public byte[] encode(Object payload) {
        if (payload instanceof byte[] bytes) {
            return bytes.clone();
        }
        ByteBuffer buffer = ((ByteBuffer) payload).duplicate();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    @Override
    public <T> T decode(byte[] body, Class<T> type) {
        return type.cast(
                type == byte[].class ? body.clone() : ByteBuffer.wrap(body).asReadOnlyBuffer());
    }
}
