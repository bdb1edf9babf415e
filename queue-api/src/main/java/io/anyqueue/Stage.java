package io.anyqueue;

/**
 * Where {@link Middleware} runs. Both places are inside the failure policy, so that no middleware can put a retry outside
 * the dead letter by mistake (rule RTY-1).
 */
public enum Stage {
    /** Around each attempt: outside its transaction. */
    ATTEMPT,
    /** Around the handler: inside its transaction. */
    HANDLER
}
