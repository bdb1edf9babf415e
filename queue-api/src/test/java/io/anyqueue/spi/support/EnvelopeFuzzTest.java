package io.anyqueue.spi.support;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.History;
import io.anyqueue.Message;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Hostile headers by the thousand: valid ones that are damaged, and ones made up (rules SND-7, RCV-7). {@code ANYQUEUE_FUZZ} is
 * how many, {@code ANYQUEUE_SEED} where they begin; each has a seed of its own, which a failure names.
 */
class EnvelopeFuzzTest {
    private static final int TRIES = Integer.parseInt(System.getenv().getOrDefault("ANYQUEUE_FUZZ", "20000"));
    private static final long SEED = Long.parseLong(System.getenv().getOrDefault("ANYQUEUE_SEED", "1"));

    private static final String STABLE = "stable-7";
    private static final byte[] BODY = {0, -1, 127};

    private static final List<String> NAMES = List.of(
            "q-id",
            "q-type",
            "q-time",
            "q-key",
            "q-correlation-id",
            "q-causation-id",
            "q-reply-to",
            "q-expires-at",
            "q-deliver-at",
            "q-priority",
            "content-type",
            "q-attempts",
            "q-deliveries",
            "q-first-failed-at",
            // What is not ours to read, though it looks like it.
            "Q-ID",
            "q-",
            "q-id ",
            "q-dlq-reason",
            "q-future",
            "x-death",
            "");

    private static final List<String> VALUES = List.of(
            "",
            " ",
            "\t",
            "\u0000",
            "\r\nq-id: forged",
            "NaN",
            "Infinity",
            "-0",
            "-1",
            "+1",
            "1e308",
            "0x7f",
            "007",
            "٣",
            "2147483647",
            "2147483648",
            "9223372036854775807",
            "9223372036854775808",
            "9".repeat(19),
            "9".repeat(4000),
            "\ud800",
            "\udc00\ud800",
            "id-\ud83d",
            "😀",
            "e\u0301",
            "\u202e\u200b\ufeff",
            "\u0085",
            "x".repeat(256),
            "x".repeat(257),
            "x".repeat(100_000));

    @Test
    void RCV_7_damaged_and_made_up_headers_always_give_a_message() {
        each((random, seed) -> {
            Map<String, String> wire = random.nextInt(4) == 0 ? madeUp(random) : damaged(random);
            try {
                check(wire);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + ", headers " + shown(wire), e);
            }
        });
    }

    @Test
    void SND_7_every_valid_message_comes_back() {
        each((random, seed) -> {
            Message sent = valid(random);
            Message read = Envelope.message(Envelope.headers(sent), sent.bodyArray(), STABLE);
            assertThat(fields(read)).as("seed " + seed).isEqualTo(fields(sent));
        });
    }

    private static void each(BiConsumer<Random, Long> body) {
        for (long seed = SEED; seed < SEED + TRIES; seed++) {
            body.accept(new Random(seed), seed);
        }
    }

    private static void check(Map<String, String> wire) {
        Map<String, String> before = new LinkedHashMap<>(wire);
        Message read = Envelope.message(wire, BODY, STABLE);

        assertThat(wire).as("the headers that were given").isEqualTo(before);
        assertThat(read.bodyArray()).isSameAs(BODY);
        checkId(read.id(), wire.get("q-id"));
        for (long number : List.of(read.createdAtMillis(), read.deliverAtMillis(), read.expiresAtMillis())) {
            assertThat(number).isNotNegative();
        }
        assertThat(read.priority()).isNotNegative();
        assertThat(read.history().firstFailedAtMillis()).isNotNegative();
        assertThat(read.headers().keySet()).doesNotContainNull().doesNotContainAnyElementsOf(NAMES.subList(0, 14));
        assertThat(read.headers().values()).doesNotContainNull();
        assertThat(fields(Envelope.message(wire, BODY, STABLE)))
                .as("the same headers, handed out again")
                .isEqualTo(fields(read));
        assertThat(fields(Envelope.message(Envelope.headers(read), BODY, "another")))
                .as("a copy of it, as a dead letter is")
                .isEqualTo(fields(read));
    }

    /** Everything that a message has; comparing by reflection would take most of the test's time. */
    private static List<Object> fields(Message message) {
        return List.of(
                message.id(),
                message.type(),
                message.contentType(),
                message.key(),
                message.correlationId(),
                message.causationId(),
                message.replyTo(),
                message.createdAtMillis(),
                message.deliverAtMillis(),
                message.expiresAtMillis(),
                message.priority(),
                message.history(),
                List.copyOf(message.headers().entrySet()),
                message.body());
    }

    /** An id can be logged, sent again as a header, and is the same after that. */
    private static void checkId(String id, @Nullable String given) {
        assertThat(id).isIn(given, STABLE);
        assertThat(id).isNotBlank().hasSizeLessThanOrEqualTo(EnvelopeFormat.MAX_ID_LENGTH);
        assertThat(id.chars().filter(Character::isISOControl).count())
                .as("control characters of the id")
                .isZero();
        assertThat(new String(id.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
                .as("the id once it was on the wire")
                .isEqualTo(id);
    }

    private static Map<String, String> damaged(Random random) {
        Map<String, String> wire = new LinkedHashMap<>(Envelope.headers(valid(random)));
        for (int i = random.nextInt(5); i >= 0; i--) {
            String name = pick(random, new ArrayList<>(wire.keySet()));
            String value = wire.get(name);
            switch (random.nextInt(7)) {
                case 0 -> wire.remove(name);
                case 1 -> wire.put(name, null);
                case 2 -> wire.put(name, pick(random, VALUES));
                case 3 -> wire.put(name, flipped(random, value));
                case 4 -> wire.put(name, value == null ? "" : value.substring(random.nextInt(value.length() + 1)));
                case 5 -> wire.put(name, value + pick(random, VALUES));
                default -> wire.put(random.nextInt(20) == 0 ? null : pick(random, NAMES), anything(random));
            }
            if (wire.isEmpty()) {
                break;
            }
        }
        return wire;
    }

    private static @Nullable String flipped(Random random, @Nullable String value) {
        if (value == null || value.isEmpty()) {
            return value;
        }
        char[] chars = value.toCharArray();
        chars[random.nextInt(chars.length)] ^= (char) (1 << random.nextInt(16));
        return new String(chars);
    }

    private static Map<String, String> madeUp(Random random) {
        Map<String, String> wire = new LinkedHashMap<>();
        for (int i = random.nextInt(20); i > 0; i--) {
            wire.put(random.nextInt(3) == 0 ? text(random, 8) : pick(random, NAMES), anything(random));
        }
        if (random.nextInt(10) == 0) {
            wire.put(null, anything(random));
        }
        return wire;
    }

    private static @Nullable String anything(Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> null;
            case 1 -> Long.toString(random.nextLong());
            case 2 -> Double.toString(Double.longBitsToDouble(random.nextLong()));
            case 3 -> pick(random, VALUES);
            default -> text(random, 300);
        };
    }

    /** Any characters at all, so among them halves of surrogate pairs and control characters. */
    private static String text(Random random, int most) {
        char[] chars = new char[random.nextInt(most)];
        int bound = pick(random, List.of(0x80, 0x100, 0x800, 0x10000));
        for (int i = 0; i < chars.length; i++) {
            chars[i] = (char) random.nextInt(bound);
        }
        return new String(chars);
    }

    /** What the API lets through. */
    private static Message valid(Random random) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            headers.put("h" + validText(random), validText(random));
        }
        Message.Builder message = Message.builder("i" + validText(random))
                .createdAtMillis(time(random))
                .deliverAtMillis(time(random))
                .expiresAtMillis(time(random))
                .priority(random.nextInt(3) * random.nextInt(Integer.MAX_VALUE / 2))
                .history(new History(random.nextInt(4), random.nextInt(4), time(random)))
                .headers(headers)
                .body(text(random, 20).getBytes(StandardCharsets.UTF_8));
        return message.type(optional(random))
                .contentType(optional(random))
                .key(optional(random))
                .correlationId(optional(random))
                .causationId(optional(random))
                .replyTo(optional(random))
                .build();
    }

    private static long time(Random random) {
        return random.nextInt(3) == 0 ? 0 : random.nextLong() >>> (1 + random.nextInt(63));
    }

    private static @Nullable String optional(Random random) {
        return random.nextInt(3) == 0 ? null : validText(random);
    }

    private static String validText(Random random) {
        return random.ints(random.nextInt(12), 0x20, Character.MAX_CODE_POINT + 1)
                .filter(c -> !Character.isISOControl(c) && Character.getType(c) != Character.SURROGATE)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static <T> T pick(Random random, List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    /** Readable, however strange the characters, and not endless. */
    private static String shown(Map<String, String> wire) {
        StringBuilder text = new StringBuilder();
        wire.forEach((name, value) -> {
            String entry = name + "=" + value + "; ";
            entry.substring(0, Math.min(120, entry.length()))
                    .chars()
                    .forEach(c -> text.append(c >= 0x20 && c < 0x7f ? Character.toString(c) : "\\u%04x".formatted(c)));
        });
        return text.toString();
    }
}
