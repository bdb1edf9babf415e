package io.anyqueue.spi;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A broker's URL: {@code scheme:[//[user[:password]@]host[:port][,host[:port]]…][/path]][name][?key=value&…]}, such as
 * {@code kafka://a:9092,b:9092}, {@code amqps://user:p%40ss@host:5671/%2Fprod}, {@code inmemory:shop} or
 * {@code inmemory:?replicas=3}. No {@code java.net.URI} could hold these. Immutable; the text form masks the password and
 * all parameters that look like secrets (rule ERR-2).
 *
 * @param scheme in lower case
 * @param credentials from the user part, percent-decoded
 * @param hosts the hosts; empty if the URL has no {@code //}
 * @param path what follows the hosts without its first slash, or the name after the colon; percent-decoded; may be empty
 * @param parameters the query, percent-decoded, in its order
 */
public record BrokerUrl(
        String scheme,
        Optional<Credentials> credentials,
        List<HostPort> hosts,
        String path,
        Map<String, String> parameters) {
    /**
     * Copies the collections.
     *
     * @param scheme in lower case
     * @param credentials from the user part, percent-decoded
     * @param hosts the hosts; empty if the URL has no {@code //}
     * @param path what follows the hosts without its first slash, or the name after the colon; percent-decoded; may be empty
     * @param parameters the query, percent-decoded, in its order
     */
    public BrokerUrl {
        hosts = List.copyOf(hosts);
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }

    /**
     * A host and its port.
     *
     * @param host a name or address; an IPv6 address without its brackets
     * @param port 1 to 65535; -1 if none was given
     */
    public record HostPort(String host, int port) {}

    /**
     * Parses a URL.
     *
     * @param url the URL
     * @return its parts
     * @throws QueueException INVALID_ARGUMENT that names the position, counted from 1, and what is wrong there, and
     *     shows no secret
     */
    public static BrokerUrl parse(String url) {
        if (url == null || url.isBlank()) {
            throw new QueueException(ErrorCode.INVALID_ARGUMENT, "url is null or blank; use for instance inmemory:");
        }
        return new BrokerUrlParser(url).parse();
    }

    /** {@return the URL with its secrets masked} */
    @Override
    public String toString() {
        return BrokerUrlFormat.masked(this);
    }
}
