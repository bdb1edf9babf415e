package io.anyqueue.core.codec;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Codec;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Text as UTF-8; what is no valid Unicode is refused rather than replaced. */
final class TextCodec implements Codec {
    @Override
    public String contentType() {
        return "text/plain;charset=utf-8";
    }

    @Override
    public boolean supports(Class<?> type) {
        return type == String.class;
    }

    @Override
    public int priority() {
        return 0;
    }

    @Override
    public byte[] encode(Object payload) {
        try {
            ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap((String) payload));
            byte[] bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            return bytes;
        } catch (CharacterCodingException e) {
            throw new QueueException(ErrorCode.INVALID_ARGUMENT, "the text is not valid Unicode", e);
        }
    }

    @Override
    public <T> T decode(byte[] body, Class<T> type) {
        try {
            return type.cast(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString());
        } catch (CharacterCodingException e) {
            throw new QueueException(ErrorCode.UNDECODABLE, "the body is not UTF-8 text", e);
        }
    }
}
