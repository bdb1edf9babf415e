package io.anyqueue;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A handler that chooses by the class of the payload. A payload without a case is a permanent failure
 * (rule RTY-2), unless {@link #othersIgnored()} was called.
 *
 * <p>Immutable; each method returns a new switch. Safe for use by any thread as far as the cases are.
 *
 * @param <T> the common type of the payloads
 */
public final class TypeSwitch<T> implements MessageHandler<T> {
    private final Map<Class<?>, MessageHandler<Object>> cases;
    private final boolean othersIgnored;

    private TypeSwitch(Map<Class<?>, MessageHandler<Object>> cases, boolean othersIgnored) {
        this.cases = cases;
        this.othersIgnored = othersIgnored;
    }

    static <T> TypeSwitch<T> of(Class<T> type) {
        Arguments.notNull(type, "type");
        return new TypeSwitch<>(Map.of(), false);
    }

    /**
     * Adds a case; the first case whose class the payload is an instance of is taken.
     *
     * @param type the class of the payload
     * @param handler handles it
     * @param <M> the class of the payload
     * @return a new switch
     * @throws QueueException INVALID_ARGUMENT if there is a case for the class
     */
    public <M extends T> TypeSwitch<T> on(Class<M> type, MessageHandler<? super M> handler) {
        Arguments.notNull(type, "type");
        Arguments.notNull(handler, "handler");
        Map<Class<?>, MessageHandler<Object>> more = new LinkedHashMap<>(cases);
        if (more.put(type, (payload, context) -> handler.handle(type.cast(payload), context)) != null) {
            throw Arguments.invalid("there are two handlers for " + type.getName());
        }
        return new TypeSwitch<>(more, othersIgnored);
    }

    /** {@return a switch that acknowledges payloads without a case} */
    public TypeSwitch<T> othersIgnored() {
        return new TypeSwitch<>(cases, true);
    }

    @Override
    public void handle(T payload, MessageContext context) throws Exception {
        for (Map.Entry<Class<?>, MessageHandler<Object>> candidate : cases.entrySet()) {
            if (candidate.getKey().isInstance(payload)) {
                candidate.getValue().handle(payload, context);
                return;
            }
        }
        if (!othersIgnored) {
            throw HandlingException.permanent(
                    "no handler for " + payload.getClass().getName() + " in the type switch");
        }
    }
}
