package io.anyqueue.spi;

import static io.anyqueue.spi.PercentCode.at;

import io.anyqueue.spi.BrokerUrl.HostPort;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Parses one {@link BrokerUrl}. Where a special character of a password could be taken for the end of the hosts it refuses
 * the URL rather than guess: a wrong guess would send the password to a wrong host or into a log.
 */
final class BrokerUrlParser {
    private static final String ENCODE =
            "percent-encode special characters of the user name and password ('@' as %40, ':' as %3A, '/' as %2F, '?' as"
                    + " %3F)";

    private final String url;

    BrokerUrlParser(String url) {
        this.url = url;
    }

    BrokerUrl parse() {
        refuseIllegalCharacters();
        int colon = schemeEnd();
        String scheme = url.substring(0, colon).toLowerCase(Locale.ROOT);
        return url.startsWith("//", colon + 1) ? withHosts(scheme, colon + 3) : withName(scheme, colon + 1);
    }

    private BrokerUrl withHosts(String scheme, int start) {
        int end = Math.min(find('/', start), find('?', start));
        refuseAtSign(end);
        int at = url.lastIndexOf('@', end - 1);
        Optional<Credentials> credentials = at < start ? Optional.empty() : Optional.of(credentials(start, at));
        List<HostPort> hosts = hosts(at < start ? start : at + 1, end);
        int query = find('?', end);
        String path = PercentCode.decode(url, Math.min(end + 1, query), query);
        return new BrokerUrl(scheme, credentials, hosts, path, parameters(query));
    }

    private BrokerUrl withName(String scheme, int start) {
        refuseAtSign(start);
        if (url.startsWith("/", start)) {
            throw at(start, "hosts begin with '//'; write %2F for a name that begins with a slash");
        }
        int query = find('?', start);
        String name = PercentCode.decode(url, start, query);
        return new BrokerUrl(scheme, Optional.empty(), List.of(), name, parameters(query));
    }

    private void refuseIllegalCharacters() {
        for (int i = 0; i < url.length(); ) {
            int c = url.codePointAt(i);
            if (Character.isISOControl(c) || Character.isWhitespace(c) || Character.isSpaceChar(c)) {
                throw at(i, "blank or control character U+" + String.format("%04X", c));
            }
            if (Character.getType(c) == Character.SURROGATE) {
                throw at(i, "not valid Unicode");
            }
            if (c == '#') {
                throw at(i, "'#' is not allowed; write %23 if it belongs to a password or name");
            }
            i += Character.charCount(c);
        }
    }

    private int schemeEnd() {
        int colon = find(':', 0);
        for (int i = 0; i < colon; i++) {
            char c = url.charAt(i);
            if (!(isLetter(c) || (i > 0 && (isDigit(c) || "+.-".indexOf(c) >= 0)))) {
                throw at(
                        i,
                        "a scheme is a letter and then letters, digits, '+', '.' or '-', such as in inmemory: or amqp://");
            }
        }
        if (colon == 0 || colon == url.length()) {
            throw at(0, "the scheme is missing; a URL begins like inmemory: or amqp://");
        }
        return colon;
    }

    /** An at sign behind the hosts may mean that what was taken for hosts is a password in part. */
    private void refuseAtSign(int from) {
        int sign = url.indexOf('@', from);
        if (sign >= 0) {
            throw at(sign, "'@' is allowed only behind // and before the hosts; " + ENCODE);
        }
    }

    private Credentials credentials(int start, int end) {
        int colon = Math.min(find(':', start), end);
        if (start == end) {
            throw at(start, "the user name is missing before '@'");
        }
        String password = colon < end ? PercentCode.decode(url, colon + 1, end) : "";
        return new Credentials(PercentCode.decode(url, start, colon), password);
    }

    private List<HostPort> hosts(int start, int end) {
        List<HostPort> hosts = new ArrayList<>();
        int from = start;
        do {
            int comma = Math.min(find(',', from), end);
            hosts.add(host(from, comma));
            from = comma + 1;
        } while (from <= end);
        return hosts;
    }

    private HostPort host(int start, int end) {
        if (start == end || url.charAt(start) == ':') {
            throw at(start, "a host is missing");
        }
        boolean bracketed = url.charAt(start) == '[';
        int hostEnd = bracketed ? addressEnd(start, end) : nameEnd(start, end);
        int portStart = bracketed ? hostEnd + 1 : hostEnd;
        if (portStart < end && url.charAt(portStart) != ':') {
            throw at(portStart, "behind ']' only a port may follow");
        }
        String host = url.substring(bracketed ? start + 1 : start, hostEnd);
        return new HostPort(host, portStart < end ? port(portStart + 1, end) : -1);
    }

    /** {@return the index of the closing bracket of an IPv6 address} */
    private int addressEnd(int start, int end) {
        int close = find(']', start);
        if (close >= end) {
            throw at(start, "']' is missing behind the IPv6 address");
        }
        int colons = 0;
        for (int i = start + 1; i < close; i++) {
            char c = url.charAt(i);
            colons += c == ':' ? 1 : 0;
            if (!isHex(c) && c != ':' && c != '.') {
                throw at(i, "not a character of an IPv6 address");
            }
        }
        if (colons < 2) {
            throw at(start, "not an IPv6 address; brackets are for those only");
        }
        return close;
    }

    /** {@return the index behind a host's name} */
    private int nameEnd(int start, int end) {
        for (int i = start; i < end; i++) {
            char c = url.charAt(i);
            if (c == ':') {
                return i;
            }
            if (!isLetter(c) && !isDigit(c) && ".-_".indexOf(c) < 0) {
                throw at(i, "a host has only ASCII letters, digits, '.', '-' and '_'");
            }
        }
        return end;
    }

    private int port(int start, int end) {
        if (start == end) {
            throw at(start, "the port is missing behind ':'");
        }
        int port = 0;
        for (int i = start; i < end; i++) {
            if (!isDigit(url.charAt(i))) {
                throw at(start, wrongPort(start, end));
            }
            port = Math.min(port * 10 + url.charAt(i) - '0', 1_000_000);
        }
        if (port < 1 || port > 65535) {
            throw at(start, "port '" + (end - start > 10 ? "…" : url.substring(start, end)) + "' is not 1 to 65535");
        }
        return port;
    }

    /** The text is not shown: in {@code amqp://user:password}, where the host was forgotten, it is the password. */
    private String wrongPort(int start, int end) {
        boolean address = url.substring(start, end).indexOf(':') >= 0;
        return address
                ? "two ports; write an IPv6 address in brackets"
                : "the port is not a number of 1 to 65535; " + ENCODE;
    }

    private Map<String, String> parameters(int query) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (int from = query + 1; from < url.length(); ) {
            int end = find('&', from);
            int equals = find('=', from);
            if (equals >= end || equals == from) {
                throw at(from, "a parameter is written key=value");
            }
            String key = PercentCode.decode(url, from, equals);
            if (parameters.put(key, PercentCode.decode(url, equals + 1, end)) != null) {
                throw at(from, "parameter '" + key + "' is given twice");
            }
            from = end + 1;
        }
        return parameters;
    }

    /** {@return the index of a character; the URL's length if there is none} */
    private int find(char c, int from) {
        int index = url.indexOf(c, from);
        return index < 0 ? url.length() : index;
    }

    private static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    private static boolean isHex(char c) {
        return PercentCode.hex(c) >= 0;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
