package io.anyqueue.testbrokers;

import java.util.function.Supplier;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives brokers of one kind to the parameters of tests: the shared one, or a new one for each parameter with {@link Own}.
 * Skips the tests if the environment leaves the broker out. Safe for use by many threads.
 *
 * @param <B> the broker
 */
public abstract class BrokerExtension<B extends AutoCloseable> implements ExecutionCondition, ParameterResolver {
    private static final Namespace NAMESPACE = Namespace.create(BrokerExtension.class);

    private final String name;
    private final Class<B> type;
    private final Supplier<B> shared;
    private final Supplier<B> own;

    /**
     * Makes one.
     *
     * @param name as in {@link Switches}
     * @param type of the parameters
     * @param shared gives the one broker of this JVM
     * @param own starts a broker
     */
    protected BrokerExtension(String name, Class<B> type, Supplier<B> shared, Supplier<B> own) {
        this.name = name;
        this.type = type;
        this.shared = shared;
        this.own = own;
    }

    @Override
    public final ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return Switches.skipped(name)
                .map(ConditionEvaluationResult::disabled)
                .orElseGet(() -> ConditionEvaluationResult.enabled(name + " is not left out"));
    }

    @Override
    public final boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == type;
    }

    @Override
    public final Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        if (!parameter.isAnnotated(Own.class)) {
            return shared.get();
        }
        B broker = own.get();
        // The store closes it with the context.
        context.getStore(NAMESPACE).put(broker, broker);
        return broker;
    }
}
