package io.anyqueue.samples.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InputTest {
    private static final InputStream NOTHING = InputStream.nullInputStream();

    @TempDir
    Path directory;

    @Test
    void readsAFile() throws Exception {
        Path file = Files.writeString(directory.resolve("orders"), "abc");

        assertThat(read(file.toString(), NOTHING)).isEqualTo("abc");
    }

    @Test
    void knowsGzipByItsContent() throws Exception {
        Path file = Files.write(directory.resolve("orders.jsonl"), gzip("abc"));

        assertThat(read(file.toString(), NOTHING)).isEqualTo("abc");
    }

    @Test
    void readsTheStandardInput() throws Exception {
        assertThat(read("-", new ByteArrayInputStream("abc".getBytes(StandardCharsets.UTF_8))))
                .isEqualTo("abc");
        assertThat(read("-", new ByteArrayInputStream(gzip("abc")))).isEqualTo("abc");
        assertThat(read("-", new ByteArrayInputStream(new byte[] {'a'}))).isEqualTo("a");
        assertThat(read("-", NOTHING)).isEmpty();
    }

    /** A pipe says that nothing is available when the first member ends, and the second is yet to come. */
    @Test
    void readsAllMembersOfAGzipPipe() throws Exception {
        ByteArrayOutputStream members = new ByteArrayOutputStream();
        members.write(gzip("abc"));
        members.write(gzip("def"));
        InputStream pipe = new ByteArrayInputStream(members.toByteArray()) {
            @Override
            public synchronized int available() {
                return 0;
            }
        };

        assertThat(read("-", pipe)).isEqualTo("abcdef");
    }

    @Test
    void hasAFileOfItsOwn() throws Exception {
        assertThat(read(null, NOTHING).lines()).hasSize(80);
    }

    @Test
    void saysWhatCannotBeRead() {
        assertThatThrownBy(() -> Input.open(directory.resolve("none").toString(), NOTHING))
                .isInstanceOf(UsageException.class)
                .hasMessage("no such input: " + directory.resolve("none"));
        assertThatThrownBy(() -> Input.open(directory.toString(), NOTHING))
                .isInstanceOf(UsageException.class)
                .hasMessage("input is a directory: " + directory);
        assertThatThrownBy(() -> Input.open("\0", NOTHING)).isInstanceOf(UsageException.class);
    }

    static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    private static String read(String name, InputStream standardInput) throws UsageException, IOException {
        try (InputStream in = Input.open(name, standardInput)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
