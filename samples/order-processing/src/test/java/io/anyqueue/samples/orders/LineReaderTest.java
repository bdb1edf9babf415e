package io.anyqueue.samples.orders;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LineReaderTest {
    /** Pipes give a few bytes at a time: lines must not depend on where the reads end. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 1000})
    void splitsLinesWhereverTheReadsEnd(int bytesPerRead) throws IOException {
        assertThat(lines("ab\n\ncde\r\nf", 10, bytesPerRead)).containsExactly("1:ab", "2:", "3:cde\r", "4:f");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 1000})
    void skipsLinesThatAreTooLong(int bytesPerRead) throws IOException {
        assertThat(lines("abc\nabcd\nabcdefgh\nab\n", 3, bytesPerRead))
                .containsExactly("1:abc", "2: too long", "3: too long", "4:ab");
    }

    @Test
    void growsUpToTheLimit() throws IOException {
        String line = "x".repeat(200_000);

        assertThat(lines(line + "\ny", 200_000, 70_000)).containsExactly("1:" + line, "2:y");
    }

    private static List<String> lines(String text, int maxLength, int bytesPerRead) throws IOException {
        InputStream bytes = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
        InputStream slow = new FilterInputStream(bytes) {
            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                return super.read(into, offset, Math.min(bytesPerRead, length));
            }
        };
        List<String> lines = new ArrayList<>();
        try (LineReader reader = new LineReader(slow, maxLength)) {
            while (reader.advance()) {
                String content = StandardCharsets.UTF_8.decode(reader.content()).toString();
                lines.add(reader.number() + ":" + (reader.tooLong() ? " too long" : content));
            }
        }
        return lines;
    }
}
