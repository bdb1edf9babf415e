package io.anyqueue;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Pins the logical type name that a payload class has on the wire, so that renaming the class breaks nobody (rule SEC-1). Without it
 * the name is the simple class name in kebab case: {@code OrderPlaced} becomes {@code order-placed}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface MessageType {
    /** {@return the logical name, such as {@code order-placed}} */
    String value();
}
