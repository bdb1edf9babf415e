package io.anyqueue.spi;

import io.anyqueue.spi.BrokerUrl.HostPort;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The text form of a {@link BrokerUrl}: a URL again, with its secrets masked (rule ERR-2). */
final class BrokerUrlFormat {
    private static final String MASK = "***";
    private static final List<String> SECRET_KEYS = List.of("pass", "secret", "token", "key", "credential");

    private BrokerUrlFormat() {}

    static String masked(BrokerUrl url) {
        return url.scheme() + ":" + (url.hosts().isEmpty() ? PercentCode.encode(url.path(), "") : authority(url))
                + query(url.parameters());
    }

    private static String authority(BrokerUrl url) {
        String user = url.credentials()
                .map(credentials -> PercentCode.encode(credentials.username(), "") + ":" + MASK + "@")
                .orElse("");
        String hosts = url.hosts().stream().map(BrokerUrlFormat::host).collect(Collectors.joining(","));
        String path = url.path().isEmpty() ? "" : "/" + PercentCode.encode(url.path(), "/");
        return "//" + user + hosts + path;
    }

    private static String host(HostPort host) {
        String name = host.host().indexOf(':') >= 0 ? "[" + host.host() + "]" : host.host();
        return host.port() < 0 ? name : name + ":" + host.port();
    }

    private static String query(Map<String, String> parameters) {
        if (parameters.isEmpty()) {
            return "";
        }
        return parameters.entrySet().stream()
                .map(entry -> PercentCode.encode(entry.getKey(), "") + "=" + value(entry.getKey(), entry.getValue()))
                .collect(Collectors.joining("&", "?", ""));
    }

    private static String value(String key, String value) {
        String lower = key.toLowerCase(Locale.ROOT);
        return SECRET_KEYS.stream().anyMatch(lower::contains) ? MASK : PercentCode.encode(value, "/:,");
    }
}
