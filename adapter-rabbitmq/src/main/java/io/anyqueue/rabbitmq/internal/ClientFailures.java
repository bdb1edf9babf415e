package io.anyqueue.rabbitmq.internal;

import com.rabbitmq.client.impl.ForgivingExceptionHandler;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What goes wrong inside the client library. That a connection broke is said by its {@link Link}. Safe for use by any thread. */
final class ClientFailures extends ForgivingExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ClientFailures.class);

    @Override
    protected void log(String message, Throwable e) {
        if (e instanceof IOException) {
            LOG.debug("{}: {}", message, e.getMessage());
        } else {
            LOG.error("{}", message, e);
        }
    }
}
