package io.anyqueue.json;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.introspect.ClassIntrospector;
import tools.jackson.databind.json.JsonMapper;

/**
 * The way to the property that failed, such as {@code items[3].price}. Only names that a class declares are shown: the key
 * of a map is content of the payload, and becomes {@code *}.
 */
final class PropertyPath {
    private final JsonMapper mapper;

    PropertyPath(JsonMapper mapper) {
        this.mapper = mapper;
    }

    String of(JacksonException failure) {
        StringBuilder text = new StringBuilder();
        for (JacksonException.Reference step : failure.getPath()) {
            append(text, step);
        }
        return text.toString();
    }

    private void append(StringBuilder text, JacksonException.Reference step) {
        if (step.getPropertyName() == null) {
            text.append('[').append(step.getIndex()).append(']');
            return;
        }
        text.append(text.isEmpty() ? "" : ".").append(isDeclared(step) ? step.getPropertyName() : "*");
    }

    private boolean isDeclared(JacksonException.Reference step) {
        Object from = step.from();
        Class<?> owner = from instanceof Class<?> type ? type : from == null ? null : from.getClass();
        try {
            return owner != null && !Map.class.isAssignableFrom(owner) && declares(owner, step.getPropertyName());
        } catch (RuntimeException e) {
            return false; // a class that Jackson cannot introspect may be why we are here
        }
    }

    private boolean declares(Class<?> owner, @Nullable String property) {
        JavaType type = mapper.constructType(owner);
        ClassIntrospector reading = mapper.deserializationConfig().classIntrospectorInstance();
        AnnotatedClass annotations = reading.introspectClassAnnotations(type);
        ClassIntrospector writing = mapper.serializationConfig().classIntrospectorInstance();
        return has(reading.introspectForDeserialization(type, annotations), property)
                || has(writing.introspectForSerialization(type, annotations), property);
    }

    private static boolean has(BeanDescription description, @Nullable String property) {
        return description.findProperties().stream()
                .anyMatch(each -> each.getName().equals(property));
    }
}
