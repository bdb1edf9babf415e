package io.anyqueue.kafka.internal;

import io.anyqueue.spi.Receiver;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** What a client has to know of its receivers. Safe for use by any thread. */
interface ManagedReceiver extends Receiver {
    /** {@return completes when it is closed} */
    CompletionStage<Void> closed();

    /** {@return what an operator should know} */
    Optional<String> note();
}
