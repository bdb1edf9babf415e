package io.anyqueue.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.Refused;
import io.anyqueue.spi.BrokerUrl.HostPort;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BrokerUrlTest {
    @Test
    void names_a_broker_without_hosts() {
        assertThat(BrokerUrl.parse("inmemory:")).isEqualTo(url("inmemory", List.of(), ""));
        assertThat(BrokerUrl.parse("inmemory:shop").path()).isEqualTo("shop");
        assertThat(BrokerUrl.parse("inmemory:a%20b%40c").path()).isEqualTo("a b@c");
        assertThat(BrokerUrl.parse("inmemory:?replicas=3").parameters()).isEqualTo(Map.of("replicas", "3"));
        assertThat(BrokerUrl.parse("inmemory:shop?replicas=3").path()).isEqualTo("shop");
        assertThat(BrokerUrl.parse("inmemory:?").parameters()).isEmpty();
    }

    @Test
    void lists_hosts() {
        assertThat(hosts("inmemory://h1:1,h2:2")).containsExactly(new HostPort("h1", 1), new HostPort("h2", 2));
        assertThat(hosts("kafka://a:1,b:2")).containsExactly(new HostPort("a", 1), new HostPort("b", 2));
        assertThat(hosts("kafka://h_1")).containsExactly(new HostPort("h_1", -1));
        assertThat(hosts("kafka://A.b-c:65535?x=y")).containsExactly(new HostPort("A.b-c", 65535));
    }

    @Test
    void takes_ipv6_addresses_in_brackets() {
        assertThat(hosts("redis://[::1]:6379,[2001:db8::1.2.3.4]/0"))
                .containsExactly(new HostPort("::1", 6379), new HostPort("2001:db8::1.2.3.4", -1));
    }

    @ParameterizedTest
    @CsvSource({
        "amqp://host, ''",
        "amqp://host/, ''",
        "amqp://host/prod, prod",
        "amqp://host/%2Fprod, /prod",
        "amqp://host//prod, /prod",
        "amqp://host/a/b, a/b",
        "amqp://host/gr%C3%BC%C3%9Fe, grüße",
        "amqp://host/grüße, grüße",
        "amqp://host/%F0%9F%98%80?x=y, 😀",
        "amqp://host?x=y, ''"
    })
    void decodes_the_path(String url, String path) {
        assertThat(BrokerUrl.parse(url).path()).isEqualTo(path);
    }

    @ParameterizedTest
    @CsvSource({
        "amqp://user:secret@host, user, secret",
        "amqp://user:p%40ss%3A%2F%25@host, user, p@ss:/%",
        "amqp://user:p@ss@host, user, p@ss",
        "amqp://user:p:w@host, user, p:w",
        "'amqp://user:p,w@host', user, 'p,w'",
        "amqp://user:pässwörd😀@host, user, pässwörd😀",
        "amqp://user@host, user, ''",
        "redis://:secret@host, '', secret",
        "amqp://us%3Aer:x@host, us:er, x"
    })
    void splits_the_user_part_at_the_last_at_sign(String url, String user, String password) {
        BrokerUrl parsed = BrokerUrl.parse(url);

        assertThat(parsed.credentials()).contains(new Credentials(user, password));
        assertThat(parsed.hosts()).containsExactly(new HostPort("host", -1));
    }

    @Test
    void keeps_the_order_of_parameters() {
        BrokerUrl parsed = BrokerUrl.parse("kafka://a?z=1&a=x%26y&m=k=v&empty=");

        assertThat(parsed.parameters().entrySet().stream().map(Object::toString))
                .containsExactly("z=1", "a=x&y", "m=k=v", "empty=");
    }

    @Test
    void lowers_the_scheme() {
        assertThat(BrokerUrl.parse("AMQPS+x.y-1://Host").scheme()).isEqualTo("amqps+x.y-1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "kafka://host:99999|url position 14: port '99999' is not 1 to 65535",
                "kafka://host:0|url position 14: port '0' is not 1 to 65535",
                "kafka://host:99999999999999|url position 14: port '…' is not 1 to 65535",
                "kafka://host:|url position 14: the port is missing",
                "kafka://host:12x|url position 14: the port is not a number",
                "kafka://a:1:2|url position 11: two ports; write an IPv6 address in brackets",
                "kafka://|url position 9: a host is missing",
                "kafka://a,,b|url position 11: a host is missing",
                "kafka://a,|url position 11: a host is missing",
                "kafka://:9092|url position 9: a host is missing",
                "kafka://user@|url position 14: a host is missing",
                "kafka:///path|url position 9: a host is missing",
                "kafka://@host|url position 9: the user name is missing",
                "kafka://ho$t|url position 11: a host has only",
                "kafka://hö|url position 10: a host has only",
                "kafka://[::1|url position 9: ']' is missing",
                "kafka://[::g]|url position 12: not a character of an IPv6 address",
                "kafka://[1.2.3.4]|url position 9: not an IPv6 address",
                "kafka://[::1]9|url position 14: behind ']' only a port may follow",
                "kafka:/host|url position 7: hosts begin with '//'",
                "host|url position 1: the scheme is missing",
                "://host|url position 1: the scheme is missing",
                "1kafka://host|url position 1: a scheme is",
                "ka_fka://host|url position 3: a scheme is",
                "kafka://a/b#c|url position 12: '#' is not allowed",
                "kafka://a/%|url position 11: '%' is not followed by",
                "kafka://a/%4|url position 11: '%' is not followed by",
                "kafka://a/%4x|url position 11: '%' is not followed by",
                "kafka://a/b%ff|url position 12: the percent-encoded bytes are not UTF-8",
                "kafka://a/%0A|url position 11: an encoded control character",
                "kafka://a?x|url position 11: a parameter is written key=value",
                "kafka://a?=x|url position 11: a parameter is written key=value",
                "kafka://a?x=1&&y=2|url position 15: a parameter is written key=value",
                "kafka://a?x=1&y=2&x=3|url position 19: parameter 'x' is given twice",
                "kafka://a b|url position 10: blank or control character U+0020",
            })
    void names_the_position_of_an_error(String url, String message) {
        Refused.invalid(() -> BrokerUrl.parse(url)).startsWith(message);
    }

    @Test
    void refuses_invisible_characters_and_nothing_at_all() {
        Refused.invalid(() -> BrokerUrl.parse("kafka://a\n"))
                .startsWith("url position 10")
                .contains("U+000A");
        Refused.invalid(() -> BrokerUrl.parse("kafka://a/\u00a0"))
                .startsWith("url position 11")
                .contains("U+00A0");
        Refused.invalid(() -> BrokerUrl.parse("kafka://a/\ud83d")).startsWith("url position 11");
        Refused.invalid(() -> BrokerUrl.parse(" ")).contains("blank");
        Refused.invalid(() -> BrokerUrl.parse(null)).contains("null");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "amqp://user:hunter/2@host",
                "amqp://user:hunter/2@host/vhost",
                "amqp://user:9999/hunter@host",
                "amqp://user:hunter?2@host",
                "amqp://user:1?hunter=2@host",
                "amqp://user:p@hunter/2@host",
                "amqp:user:hunter@host",
                "amqp://user:%zzhunter@host",
                "amqp://user:hunter%ff@host",
                "amqp://user:hunter@ho$t",
                "amqp://user:hunter@host:99999",
                "amqp://user:hunter#2@host",
                "amqp://user:hunter 2@host",
                "amqp://user:hunter",
                "amqp:/user:hunter@host",
                "amqp://host?password=hunter&password=hunter"
            })
    void tells_no_secret_in_an_error(String url) {
        Refused.invalid(() -> BrokerUrl.parse(url)).doesNotContain("hunter");
    }

    @Test
    void asks_to_encode_a_password_that_looks_like_a_path() {
        Refused.invalid(() -> BrokerUrl.parse("amqp://user:hunter/2@host/vhost"))
                .startsWith("url position 21: '@'")
                .contains("%40", "%3A", "%2F");
    }

    @ParameterizedTest
    @CsvSource({
        "amqps://user:hunter@host:5671/%2Fprod, amqps://user:***@host:5671//prod",
        "amqp://us%40er:x@host, amqp://us%40er:***@host",
        "'kafka://a:1,b:2', 'kafka://a:1,b:2'",
        "redis://[::1]:6379, redis://[::1]:6379",
        "inmemory:shop?replicas=3, inmemory:shop?replicas=3",
        "inmemory:, inmemory:",
        "x://h?Password=hunter&apiKey=hunter&clientSecret=hunter&token.x=hunter&a=b,"
                + " x://h?Password=***&apiKey=***&clientSecret=***&token.x=***&a=b",
        "x://h/a%20b?k1=%25, x://h/a%20b?k1=%25"
    })
    void masks_secrets_in_its_text_form(String url, String text) {
        assertThat(BrokerUrl.parse(url)).hasToString(text);
    }

    @Property
    void text_form_parses_again(
            @ForAll("text") String path, @ForAll("text") String user, @ForAll("text") String value) {
        BrokerUrl url = new BrokerUrl(
                "x",
                Optional.of(new Credentials("u" + user, "***")),
                List.of(new HostPort("::1", 7), new HostPort("h", -1)),
                path,
                Map.of("p", value));

        assertThat(BrokerUrl.parse(url.toString())).isEqualTo(url);
    }

    @Property(tries = 5000)
    void refuses_garbage_with_its_own_error_only(@ForAll("garbage") String garbage) {
        try {
            BrokerUrl.parse("amqp:" + garbage);
        } catch (QueueException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
            assertThat(e.getMessage()).startsWith("url position ");
        }
    }

    @Provide
    Arbitrary<String> text() {
        return Arbitraries.strings()
                .ofMaxLength(12)
                .map(text -> text.replaceAll("[\\p{Cntrl}\\p{Cs}\u0080-\u009f]", ""));
    }

    @Provide
    Arbitrary<String> garbage() {
        return Arbitraries.strings().withChars("/:@?&=%#[],.a1F \n\u00e4\ud83d").ofMaxLength(20);
    }

    private static List<HostPort> hosts(String url) {
        return BrokerUrl.parse(url).hosts();
    }

    private static BrokerUrl url(String scheme, List<HostPort> hosts, String path) {
        return new BrokerUrl(scheme, Optional.empty(), hosts, path, Map.of());
    }
}
