package io.anyqueue;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.ClientOptions.Setting;
import java.io.IOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientOptionsTest {
    @TempDir
    Path directory;

    private final Map<String, String> environment = new HashMap<>();
    private final Properties system = new Properties();

    @Test
    void code_alone() {
        ClientOptions options =
                ClientOptions.of("inmemory:").set("anyqueue.start", "wait").set("anyqueue.start", "fail");

        assertThat(options.settings())
                .containsExactly(
                        Map.entry("anyqueue.url", new Setting("inmemory:", "code")),
                        Map.entry("anyqueue.start", new Setting("fail", "code")));
        assertThat(options.client()).isEmpty();
        assertThat(ClientOptions.of(Map.of("anyqueue.url", "x:")).settings())
                .containsEntry("anyqueue.url", new Setting("x:", "code"));
    }

    @Test
    void a_later_source_beats_an_earlier_one_and_all_beat_code() throws IOException {
        OptionSources sources = new OptionSources(
                classpath("anyqueue.a=1\nanyqueue.b=1\nanyqueue.c=1\nanyqueue.url=1:"), environment, system);
        file("anyqueue.b=2\nanyqueue.c=2\nanyqueue.url=2:");
        environment.put("ANYQUEUE_URL", "3:");
        system.setProperty("anyqueue.c", "4");

        ClientOptions options = ClientOptions.load(null, sources)
                .set("anyqueue.a", "0")
                .set("anyqueue.url", "0:")
                .set("anyqueue.d", "0");

        assertThat(values(options))
                .isEqualTo(Map.of(
                        "anyqueue.a",
                        "1",
                        "anyqueue.b",
                        "2",
                        "anyqueue.url",
                        "3:",
                        "anyqueue.c",
                        "4",
                        "anyqueue.d",
                        "0"));
        assertThat(options.settings().get("anyqueue.a").origin()).isEqualTo("anyqueue.properties on the class path");
        assertThat(options.settings().get("anyqueue.b").origin()).endsWith("config.properties");
        assertThat(options.settings().get("anyqueue.url").origin()).isEqualTo("ANYQUEUE_URL");
        assertThat(options.settings().get("anyqueue.c").origin()).isEqualTo("-Danyqueue.c");
        assertThat(options.settings().get("anyqueue.d").origin()).isEqualTo("code");
    }

    @Test
    void a_system_property_beats_the_url_of_the_environment() {
        environment.put("ANYQUEUE_URL", "3:");
        system.setProperty("anyqueue.url", "4:");
        system.setProperty("other.key", "x");

        assertThat(values(ClientOptions.load(null, sources()))).isEqualTo(Map.of("anyqueue.url", "4:"));
    }

    @Test
    void blank_variables_count_for_nothing() {
        environment.put("ANYQUEUE_URL", " ");
        environment.put("ANYQUEUE_CONFIG", "");

        assertThat(ClientOptions.load(null, sources()).settings()).isEmpty();
    }

    @Test
    void the_unnamed_client_has_nothing_of_the_named_ones() {
        system.setProperty("anyqueue.client.legacy.url", "amqp://rabbit");
        system.setProperty("anyqueue.url", "inmemory:");

        assertThat(values(ClientOptions.load(null, sources()))).isEqualTo(Map.of("anyqueue.url", "inmemory:"));
    }

    @Test
    void a_named_client_has_its_own_settings_before_the_common_ones() {
        environment.put("ANYQUEUE_URL", "3:");
        system.setProperty("anyqueue.topology", "validate");
        system.setProperty("anyqueue.start", "wait");
        system.setProperty("anyqueue.client.legacy.url", "amqp://rabbit");
        system.setProperty("anyqueue.client.legacy.start", "fail");
        system.setProperty("anyqueue.client.legacy2.start", "other");

        ClientOptions options = ClientOptions.load("legacy", sources());

        assertThat(options.client()).contains("legacy");
        assertThat(values(options))
                .isEqualTo(Map.of(
                        "anyqueue.url", "amqp://rabbit", "anyqueue.start", "fail", "anyqueue.topology", "validate"));
        assertThat(options.settings().get("anyqueue.start").origin()).isEqualTo("-Danyqueue.client.legacy.start");
    }

    @Test
    void what_belongs_to_one_broker_does_not_reach_another() {
        system.setProperty("anyqueue.url", "kafka://a");
        system.setProperty("anyqueue.username", "u");
        system.setProperty("anyqueue.password", "p");
        system.setProperty("anyqueue.tls.key", "k");
        system.setProperty("anyqueue.native.sasl", "s");
        system.setProperty("anyqueue.client.legacy.url", "amqp://rabbit");

        assertThat(values(ClientOptions.load("legacy", sources()))).isEqualTo(Map.of("anyqueue.url", "amqp://rabbit"));
    }

    @Test
    void a_named_client_needs_a_url_of_its_own() {
        environment.put("ANYQUEUE_URL", "3:");
        system.setProperty("anyqueue.url", "4:");

        Refused.invalid(() -> ClientOptions.load("legacy", sources()))
                .isEqualTo("client 'legacy' needs the setting anyqueue.client.legacy.url");
        Refused.invalid(() -> ClientOptions.load("a.b")).contains("client name 'a.b' is not legal");
        Refused.invalid(() -> ClientOptions.load(null)).isEqualTo("client name is null");
    }

    @Test
    void a_file_that_cannot_be_read_is_named() throws IOException {
        environment.put("ANYQUEUE_CONFIG", directory.resolve("missing").toString());
        Refused.invalid(() -> ClientOptions.load(null, sources())).contains("ANYQUEUE_CONFIG", "missing");

        file("anyqueue.a=\\uZZZZ");
        Refused.invalid(() -> ClientOptions.load(null, sources())).contains("config.properties");

        Files.write(directory.resolve("config.properties"), new byte[] {'a', '=', (byte) 0xff});
        Refused.invalid(() -> ClientOptions.load(null, sources())).contains("config.properties");

        environment.put("ANYQUEUE_CONFIG", "a\0b");
        Refused.invalid(() -> ClientOptions.load(null, sources())).contains("ANYQUEUE_CONFIG");
    }

    @Test
    void files_are_utf_8() throws IOException {
        file("anyqueue.a=grüße");

        assertThat(values(ClientOptions.load(null, sources()))).containsEntry("anyqueue.a", "grüße");
    }

    @Test
    void ERR_2_no_text_form_shows_a_value() {
        ClientOptions options = ClientOptions.of("amqp://u:hunter@h").set("anyqueue.password", "hunter");

        assertThat(options).hasToString("ClientOptions[anyqueue.url from code, anyqueue.password from code]");
        assertThat(options.settings().toString()).doesNotContain("hunter");
    }

    @Test
    void refuses_nulls() {
        ClientOptions options = ClientOptions.of("inmemory:");

        Refused.invalid(() -> ClientOptions.of((String) null)).isEqualTo("value of anyqueue.url is null");
        Refused.invalid(() -> ClientOptions.of((Map<String, String>) null)).isEqualTo("settings is null");
        Refused.invalid(() -> options.set(" ", "x")).isEqualTo("key is blank");
        Refused.invalid(() -> options.set("anyqueue.start", null)).isEqualTo("value of anyqueue.start is null");
        Refused.invalid(() -> options.use(null)).isEqualTo("component is null");
        Refused.invalid(() -> options.sslContext(null)).isEqualTo("sslContext is null");
    }

    @Test
    void holds_components() throws Exception {
        SSLContext context = SSLContext.getDefault();
        ClientOptions options = ClientOptions.of("inmemory:").use("a").use("b").sslContext(context);

        assertThat(options.components()).containsExactly("a", "b");
        assertThat(options.sslContext()).containsSame(context);
    }

    private OptionSources sources() {
        return new OptionSources(null, environment, system);
    }

    private URL classpath(String text) throws IOException {
        return Files.writeString(directory.resolve("classpath.properties"), text)
                .toUri()
                .toURL();
    }

    private void file(String text) throws IOException {
        Path file = Files.writeString(directory.resolve("config.properties"), text, StandardCharsets.UTF_8);
        environment.put("ANYQUEUE_CONFIG", file.toString());
    }

    private static Map<String, String> values(ClientOptions options) {
        Map<String, String> values = new HashMap<>();
        options.settings().forEach((key, setting) -> values.put(key, setting.value()));
        return values;
    }
}
