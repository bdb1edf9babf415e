package io.anyqueue.json;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.AnnotationIntrospector;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.introspect.NopAnnotationIntrospector;

/** Gives sealed types the property {@code @type}, and refuses types that are to be found by class name. */
final class TypeNames extends NopAnnotationIntrospector {
    private static final long serialVersionUID = 1L;

    private final AnnotationIntrospector others;

    /** @param others what finds the annotations of users */
    TypeNames(AnnotationIntrospector others) {
        this.others = others;
    }

    @Override
    public JsonTypeInfo.@Nullable Value findPolymorphicTypeInfo(MapperConfig<?> config, Annotated annotated) {
        JsonTypeInfo.Value info = others.findPolymorphicTypeInfo(config, annotated);
        if (info != null
                && (info.getIdType() == JsonTypeInfo.Id.CLASS || info.getIdType() == JsonTypeInfo.Id.MINIMAL_CLASS)) {
            throw new Refusal("@JsonTypeInfo(use = " + info.getIdType() + ") at " + annotated.getName()
                    + " puts class names on the wire, which rule SEC-1 forbids; use NAME, or a sealed type");
        }
        return info;
    }

    @Override
    public @Nullable Object findTypeResolverBuilder(MapperConfig<?> config, Annotated annotated) {
        boolean ours = annotated instanceof AnnotatedClass && isSealedPayload(annotated.getRawType());
        return ours && !isCustomized(config, annotated) ? new SealedTypeResolver() : null;
    }

    /** Enums with bodies are sealed to the JVM, and later JDKs seal types such as ZoneId: these are plain values. */
    private static boolean isSealedPayload(Class<?> type) {
        return type.isSealed() && !type.isEnum() && !type.getName().startsWith("java.");
    }

    private boolean isCustomized(MapperConfig<?> config, Annotated type) {
        return others.findPolymorphicTypeInfo(config, type) != null
                || others.findTypeResolverBuilder(config, type) != null
                || others.findSerializer(config, type) != null
                || others.findDeserializer(config, type) != null;
    }
}
