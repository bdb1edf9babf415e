package io.anyqueue.core.client;

import io.anyqueue.core.codec.PayloadCodec;
import io.anyqueue.core.pipeline.OutletFinder;
import io.anyqueue.core.send.Publisher;
import io.anyqueue.spi.Spec;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * What a consumer is made from.
 *
 * @param spec the queue or subscription
 * @param declared what has to be there before it: the topic of a subscription
 * @param deadLetters where its dead letters go
 * @param codec decodes its messages
 * @param outlets finds where handlers send to
 * @param publishers give the publisher for a destination of moves
 * @param <T> the type of the payloads
 */
record SourceParts<T>(
        Spec spec,
        List<Spec> declared,
        Spec deadLetters,
        PayloadCodec<T> codec,
        OutletFinder outlets,
        Function<Spec, Publisher> publishers) {
    /** {@return all that has to be there to consume, in the order in which it is declared} */
    List<Spec> all() {
        List<Spec> all = new ArrayList<>(declared);
        all.add(spec);
        all.add(deadLetters);
        return all;
    }
}
