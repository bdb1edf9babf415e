package io.anyqueue;

import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The payload classes of one destination and their logical names on the wire: a class itself, or the leaves of a sealed
 * type. Only these are ever decoded (rule SEC-1), and no class name is ever on the wire.
 *
 * <p>Immutable; safe for use by any thread.
 */
public final class PayloadTypes {
    private final Map<String, Class<?>> byName = new LinkedHashMap<>();
    private final Map<Class<?>, String> byClass = new LinkedHashMap<>();

    private PayloadTypes(Class<?> root) {
        register(root);
    }

    /**
     * Collects the payload classes of a destination.
     *
     * @param type a class, or a sealed type whose leaves are registered
     * @return the types
     * @throws QueueException INVALID_ARGUMENT if two classes have the same logical name
     */
    public static PayloadTypes of(Class<?> type) {
        return new PayloadTypes(Arguments.notNull(type, "type"));
    }

    /**
     * The logical name of a class: {@link MessageType} or the simple name in kebab case.
     *
     * @param type the class
     * @return the name, such as {@code order-placed}
     * @throws QueueException INVALID_ARGUMENT if the class is anonymous, or pinned to a name that is blank or not printable
     */
    public static String nameOf(Class<?> type) {
        MessageType pinned = Arguments.notNull(type, "type").getAnnotation(MessageType.class);
        if (pinned != null) {
            return HeaderRules.text(pinned.value(), "@MessageType of " + type.getName());
        }
        if (type.isAnonymousClass()) {
            throw Arguments.invalid(type.getName() + " is anonymous: it has no name that could be kept");
        }
        return kebabCase(type.getSimpleName());
    }

    /**
     * Finds the logical name under which instances of a class travel here.
     *
     * @param type the payload's class
     * @return the name; empty if the class is not one of this destination
     */
    public Optional<String> name(Class<?> type) {
        String exact = byClass.get(Arguments.notNull(type, "type"));
        if (exact != null) {
            return Optional.of(exact);
        }
        for (Map.Entry<Class<?>, String> entry : byClass.entrySet()) {
            if (entry.getKey().isAssignableFrom(type)) {
                return Optional.of(entry.getValue());
            }
        }
        return Optional.empty();
    }

    /**
     * Finds the class for a logical name.
     *
     * @param name the name from the wire
     * @return the class; empty if the name is not one of this destination
     */
    public Optional<Class<?>> type(String name) {
        return Optional.ofNullable(byName.get(Arguments.notNull(name, "name")));
    }

    /** {@return the only class, with which a message without a type is decoded; empty if there are several} */
    public Optional<Class<?>> single() {
        return byName.size() == 1 ? Optional.of(byName.values().iterator().next()) : Optional.empty();
    }

    /** {@return the logical names} */
    public Collection<String> names() {
        return Collections.unmodifiableCollection(byName.keySet());
    }

    private void register(Class<?> type) {
        // An enum whose constants have bodies is sealed to the compiler, but one payload class to everybody else.
        boolean hasLeaves = type.isSealed() && !type.isEnum();
        if (!hasLeaves || !Modifier.isAbstract(type.getModifiers())) {
            add(type);
        }
        if (hasLeaves) {
            for (Class<?> leaf : type.getPermittedSubclasses()) {
                register(leaf);
            }
        }
    }

    private void add(Class<?> type) {
        String name = nameOf(type);
        Class<?> other = byName.putIfAbsent(name, type);
        if (other != null && other != type) {
            throw Arguments.invalid("type name '" + name + "' stands for both " + other.getName() + " and "
                    + type.getName() + "; pin one of them with @MessageType");
        }
        byClass.put(type, name);
    }

    /** A word ends before an upper-case letter that follows a lower-case one or begins a new capitalised word. */
    private static String kebabCase(String simpleName) {
        return simpleName
                .replaceAll("([a-z0-9])([A-Z])", "$1-$2")
                .replaceAll("([A-Z]+)([A-Z][a-z])", "$1-$2")
                .replace("[]", "-array")
                .toLowerCase(Locale.ROOT);
    }
}
