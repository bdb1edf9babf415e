package io.anyqueue.json;

import java.math.BigDecimal;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.KeyDeserializer;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.cfg.MapperBuilder;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;

/** Types by logical name, and never by class name (rule SEC-1). Added last, it sees what other modules have configured. */
final class PayloadModule extends SimpleModule {
    private static final long serialVersionUID = 1L;
    private static final String NO_CLASS_VALUES = "values of type java.lang.Class are not permitted (rule SEC-1)";

    PayloadModule(Limits limits) {
        super(PayloadModule.class.getName());
        addSerializer(new ClassWriter());
        addKeySerializer(Class.class, new ClassWriter());
        addDeserializer(Class.class, new ClassReader());
        addKeyDeserializer(Class.class, new ClassKeyReader());
        addKeySerializer(BigDecimal.class, new DecimalKeys.Writer(limits));
        addKeyDeserializer(BigDecimal.class, new DecimalKeys.Reader(limits));
    }

    @Override
    public void setupModule(SetupContext context) {
        super.setupModule(context);
        MapperBuilder<?, ?> owner = (MapperBuilder<?, ?>) context.getOwner();
        context.insertAnnotationIntrospector(new TypeNames(owner.annotationIntrospector()));
    }

    @SuppressWarnings("rawtypes")
    private static final class ClassWriter extends StdSerializer<Class> {
        ClassWriter() {
            super(Class.class);
        }

        @Override
        public void serialize(Class value, JsonGenerator generator, SerializationContext context) {
            throw new Refusal(NO_CLASS_VALUES);
        }
    }

    @SuppressWarnings("rawtypes")
    private static final class ClassReader extends StdDeserializer<Class> {
        ClassReader() {
            super(Class.class);
        }

        @Override
        public Class deserialize(JsonParser parser, DeserializationContext context) {
            throw new Refusal(NO_CLASS_VALUES);
        }
    }

    private static final class ClassKeyReader extends KeyDeserializer {
        @Override
        public Object deserializeKey(String key, DeserializationContext context) {
            throw new Refusal(NO_CLASS_VALUES);
        }
    }
}
