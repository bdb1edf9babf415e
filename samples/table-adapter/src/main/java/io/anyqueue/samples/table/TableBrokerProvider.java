package io.anyqueue.samples.table;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.BrokerConfig;
import io.anyqueue.spi.BrokerProvider;
import java.util.Set;

/** Makes brokers for {@code table:name}. Stateless; safe for use by any thread. */
public final class TableBrokerProvider implements BrokerProvider {
    @Override
    public Set<String> schemes() {
        return Set.of("table");
    }

    /** Checks what was given, and reaches for nothing: the database is opened by the first use. */
    @Override
    public Broker connect(BrokerConfig config) {
        String name = config.url().path();
        if (!name.matches("[A-Za-z0-9_-]+")) {
            throw invalid("the URL is table:name, and the name has letters, digits, '_' and '-'; it is '" + name + "'");
        }
        if (!config.url().hosts().isEmpty() || config.url().credentials().isPresent()) {
            throw invalid("the database is in this process: write table:" + name + " without a host");
        }
        refuse("parameter", config.url().parameters().keySet());
        refuse("property", config.nativeProperties().keySet());
        return new TableBroker(config, new Database("jdbc:h2:mem:" + name + ";DB_CLOSE_DELAY=-1"));
    }

    private static void refuse(String what, Set<String> unknown) {
        if (!unknown.isEmpty()) {
            throw invalid("the table adapter has no " + what + " " + unknown);
        }
    }

    private static QueueException invalid(String message) {
        return new QueueException(ErrorCode.INVALID_ARGUMENT, message);
    }
}
