package io.anyqueue.json;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.KeyDeserializer;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ser.std.StdSerializer;

/** Decimals as keys of maps: these are text in JSON, so that the limits of numbers must be checked here. */
final class DecimalKeys {
    private DecimalKeys() {}

    private static void check(Limits limits, String key) {
        limits.check(key.getBytes(StandardCharsets.UTF_8));
    }

    static final class Writer extends StdSerializer<BigDecimal> {
        private final Limits limits;

        Writer(Limits limits) {
            super(BigDecimal.class);
            this.limits = limits;
        }

        @Override
        public void serialize(BigDecimal key, JsonGenerator generator, SerializationContext context) {
            String text = key.toString();
            check(limits, text);
            generator.writeName(text);
        }
    }

    static final class Reader extends KeyDeserializer {
        private final Limits limits;

        Reader(Limits limits) {
            this.limits = limits;
        }

        @Override
        public Object deserializeKey(String key, DeserializationContext context) {
            check(limits, key);
            try {
                return new BigDecimal(key);
            } catch (NumberFormatException e) {
                return context.handleWeirdKey(BigDecimal.class, key, "it is no number");
            }
        }
    }
}
