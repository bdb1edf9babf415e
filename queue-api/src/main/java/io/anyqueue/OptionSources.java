package io.anyqueue;

import io.anyqueue.ClientOptions.Setting;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Where settings come from outside the code, and which of them wins.
 *
 * @param classpath the file on the class path, or null
 * @param environment the environment variables
 * @param systemProperties the system properties
 */
record OptionSources(@Nullable URL classpath, Map<String, String> environment, Properties systemProperties) {
    static final String CLASSPATH_FILE = "anyqueue.properties";
    static final String CONFIG_VARIABLE = "ANYQUEUE_CONFIG";
    static final String URL_VARIABLE = "ANYQUEUE_URL";
    private static final String PREFIX = "anyqueue.";
    private static final String CLIENT_PREFIX = "anyqueue.client.";

    static OptionSources ofProcess() {
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        if (loader == null) {
            loader = ClassLoader.getSystemClassLoader();
        }
        return new OptionSources(loader.getResource(CLASSPATH_FILE), System.getenv(), System.getProperties());
    }

    /** {@return the settings of the client without a name} */
    Map<String, Setting> unnamed() {
        Map<String, Setting> all = files();
        String url = environment.get(URL_VARIABLE);
        if (url != null && !url.isBlank()) {
            all.put(ClientOptions.URL, new Setting(url, URL_VARIABLE));
        }
        all.putAll(system());
        all.keySet().removeIf(key -> key.startsWith(CLIENT_PREFIX));
        return all;
    }

    /** {@return the settings of a client with a name: its own, and the common ones but for the URL and its credentials} */
    Map<String, Setting> named(String client) {
        Map<String, Setting> all = files();
        all.putAll(system());
        String own = CLIENT_PREFIX + client + ".";
        if (!all.containsKey(own + "url")) {
            throw Arguments.invalid("client '" + client + "' needs the setting " + own + "url");
        }
        Map<String, Setting> result = new LinkedHashMap<>();
        all.forEach((key, setting) -> {
            if (!key.startsWith(CLIENT_PREFIX) && !ownPerBroker(key)) {
                result.put(key, setting);
            }
        });
        all.forEach((key, setting) -> {
            if (key.startsWith(own)) {
                result.put(PREFIX + key.substring(own.length()), setting);
            }
        });
        return result;
    }

    /** What belongs to one broker must never reach another: least of all a password. */
    private static boolean ownPerBroker(String key) {
        return key.equals(ClientOptions.URL)
                || key.equals("anyqueue.username")
                || key.equals("anyqueue.password")
                || key.startsWith("anyqueue.tls.")
                || key.startsWith("anyqueue.native.");
    }

    private Map<String, Setting> files() {
        Map<String, Setting> all = new LinkedHashMap<>();
        if (classpath != null) {
            all.putAll(read(classpath));
        }
        String file = environment.get(CONFIG_VARIABLE);
        if (file != null && !file.isBlank()) {
            all.putAll(read(file));
        }
        return all;
    }

    private Map<String, Setting> system() {
        Map<String, Setting> all = new LinkedHashMap<>();
        for (String key : systemProperties.stringPropertyNames()) {
            if (key.startsWith(PREFIX)) {
                all.put(key, new Setting(systemProperties.getProperty(key), "-D" + key));
            }
        }
        return all;
    }

    private static Map<String, Setting> read(URL resource) {
        try (InputStream in = resource.openStream()) {
            return settings(new InputStreamReader(in, StandardCharsets.UTF_8), CLASSPATH_FILE + " on the class path");
        } catch (IOException | IllegalArgumentException e) {
            throw unreadable(CLASSPATH_FILE + " on the class path", e);
        }
    }

    private static Map<String, Setting> read(String file) {
        try (Reader in = Files.newBufferedReader(Path.of(file))) {
            return settings(in, file);
        } catch (IOException | IllegalArgumentException e) {
            throw unreadable("the file that " + CONFIG_VARIABLE + " names: " + file, e);
        }
    }

    private static QueueException unreadable(String file, Exception cause) {
        return new QueueException(ErrorCode.INVALID_ARGUMENT, "cannot read " + file, cause);
    }

    /** A path that is none and a broken Unicode escape are {@link IllegalArgumentException}s. */
    private static Map<String, Setting> settings(Reader in, String origin) throws IOException {
        Properties properties = new Properties();
        properties.load(in);
        Map<String, Setting> all = new LinkedHashMap<>();
        properties.stringPropertyNames().stream()
                .sorted()
                .forEach(key -> all.put(key, new Setting(properties.getProperty(key), origin)));
        return all;
    }
}
