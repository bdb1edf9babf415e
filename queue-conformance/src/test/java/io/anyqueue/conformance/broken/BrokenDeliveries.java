package io.anyqueue.conformance.broken;

import io.anyqueue.Message;
import io.anyqueue.spi.Delivery;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Brokers whose deliveries tell something else than what was sent, or than what happened. */
final class BrokenDeliveries {
    private BrokenDeliveries() {}

    static List<BrokenBroker> all() {
        Map<String, String> shared = new ConcurrentHashMap<>();
        return List.of(
                message("truncates bodies", "SND-7/large-body", BrokenDeliveries::truncated),
                message("reads bodies as text", "SND-7/every-byte", BrokenDeliveries::asText),
                message(
                        "forgets where to reply",
                        "SND-7/fields",
                        m -> m.toBuilder().replyTo(null).build()),
                message(
                        "makes up a key",
                        "SND-7/absent-fields",
                        m -> m.toBuilder().key(m.key().orElse("")).build()),
                message(
                        "shortens ids",
                        "SND-7/ids",
                        m -> m.toBuilder()
                                .id(m.id().substring(0, Math.min(128, m.id().length())))
                                .build()),
                headers("trims header values", "SND-7/header-values", (name, value) -> Map.of(name, value.strip())),
                headers(
                        "lowers header names",
                        "SND-7/header-names",
                        (name, value) -> Map.of(name.toLowerCase(Locale.ROOT), value)),
                message("keeps ten headers", "SND-7/many-headers", BrokenDeliveries::ten),
                headers(
                        "hides provenance",
                        "SND-7/provenance-headers",
                        (name, value) -> name.startsWith("q-") ? Map.of() : Map.of(name, value)),
                message("shares headers among messages", "SND-7/own-headers", m -> {
                    shared.putAll(m.headers());
                    return m.toBuilder().headers(shared).build();
                }),
                delivery("leaks a header into the next delivery", "RTY-3/redelivered-unchanged", Leaking::new),
                delivery("does not count deliveries", "RCV-5/deliveries-exact", d -> new ForwardingDelivery(d) {
                    @Override
                    public int deliveries() {
                        return Math.min(2, to.deliveries());
                    }
                }),
                delivery("forgets earlier copies", "RCV-5/history", d -> new ForwardingDelivery(d) {
                    @Override
                    public int deliveries() {
                        return to.deliveries() - to.message().history().deliveries();
                    }
                }),
                delivery("forgets attempts", "RCV-5/attempts-kept", d -> new ForwardingDelivery(d) {
                    @Override
                    public int attempts() {
                        return 0;
                    }
                }),
                delivery(
                        "counts a release as a failure", "RCV-5/release-is-no-failure", d -> new ForwardingDelivery(d) {
                            @Override
                            public int attempts() {
                                return to.deliveries() - 1;
                            }
                        }),
                delivery("counts a crash as a failure", "RCV-5/attempts-survive", d -> new ForwardingDelivery(d) {
                    @Override
                    public int attempts() {
                        return to.attempts() + to.crashes();
                    }
                }),
                delivery("counts a close as a crash", "RCV-5/crashes", d -> new ForwardingDelivery(d) {
                    @Override
                    public int crashes() {
                        return to.deliveries() - 1;
                    }
                }),
                delivery("tells too long a lease", "RCV-3/lease-protects", d -> new ForwardingDelivery(d) {
                    @Override
                    public long leaseUntilNanos() {
                        return to.leaseUntilNanos() + 5_000_000_000L;
                    }
                }));
    }

    private static BrokenBroker delivery(String what, String caughtBy, Function<Delivery, ForwardingDelivery> change) {
        return BrokenBroker.receiver(what, caughtBy, to -> new ChangingReceiver(to, change));
    }

    private static BrokenBroker message(String what, String caughtBy, UnaryOperator<Message> change) {
        return delivery(what, caughtBy, d -> new ForwardingDelivery(d) {
            @Override
            public Message message() {
                return change.apply(to.message());
            }
        });
    }

    /** What becomes of a header. */
    private interface HeaderChange {
        Map<String, String> of(String name, String value);
    }

    private static BrokenBroker headers(String what, String caughtBy, HeaderChange change) {
        return message(what, caughtBy, message -> {
            Map<String, String> headers = new LinkedHashMap<>();
            message.headers().forEach((name, value) -> headers.putAll(change.of(name, value)));
            return message.toBuilder().headers(headers).build();
        });
    }

    private static Message truncated(Message message) {
        byte[] body = message.bodyArray();
        return message.toBuilder()
                .body(Arrays.copyOf(body, Math.min(body.length, 4_096)))
                .build();
    }

    private static Message asText(Message message) {
        byte[] body = message.bodyArray();
        return message.toBuilder()
                .body(new String(body, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8))
                .build();
    }

    private static Message ten(Message message) {
        Map<String, String> headers = new LinkedHashMap<>();
        message.headers().entrySet().stream().limit(10).forEach(e -> headers.put(e.getKey(), e.getValue()));
        return message.toBuilder().headers(headers).build();
    }

    private static final class Leaking extends ForwardingDelivery {
        Leaking(Delivery to) {
            super(to);
        }

        @Override
        public Message message() {
            Map<String, String> headers = new LinkedHashMap<>(to.message().headers());
            if (to.deliveries() > 1) {
                headers.put("a", "changed by the handler");
            }
            return to.message().toBuilder().headers(headers).build();
        }
    }
}
