package io.anyqueue.core.pipeline;

import io.anyqueue.MessageContext;
import io.anyqueue.MessageHandler;
import io.anyqueue.Middleware;
import java.util.List;

/** Wraps a handler into middleware, once, when the consumer is built. */
final class Chain {
    private Chain() {}

    static MessageHandler<Object> of(List<Middleware> outermostFirst, MessageHandler<Object> handler) {
        MessageHandler<Object> chain = handler;
        for (int i = outermostFirst.size() - 1; i >= 0; i--) {
            chain = wrap(outermostFirst.get(i), chain);
        }
        return chain;
    }

    private static MessageHandler<Object> wrap(Middleware middleware, MessageHandler<Object> inner) {
        return (Object payload, MessageContext context) -> {
            boolean[] proceeded = {false};
            middleware.around(context, () -> {
                if (proceeded[0]) {
                    throw new IllegalStateException("middleware called proceed() twice");
                }
                proceeded[0] = true;
                inner.handle(payload, context);
            });
        };
    }
}
