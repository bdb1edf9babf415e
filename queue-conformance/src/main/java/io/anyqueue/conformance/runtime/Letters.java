package io.anyqueue.conformance.runtime;

import io.anyqueue.DeadLetter;
import io.anyqueue.ErrorCode;
import io.anyqueue.MessageSource;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.Clients;
import io.anyqueue.conformance.kit.Trial;
import java.util.List;
import java.util.stream.Stream;

/** Reads dead letters. Stateless; any thread. */
final class Letters {
    /** Where a broker cannot be browsed, listing must be refused. */
    static final Case.Body REFUSED = Clients.with(clients -> Refused.with(
            "listing dead letters", () -> of(clients.client().queue(clients.queue())), ErrorCode.UNSUPPORTED));

    private Letters() {}

    /** {@return the letters of a source, oldest first} */
    static List<DeadLetter> of(MessageSource<?> source) {
        try (Stream<DeadLetter> letters = source.deadLetters().list()) {
            return letters.toList();
        }
    }

    /** {@return the letters of a source, as soon as there are as many as must be} */
    static List<DeadLetter> await(Clients clients, MessageSource<?> source, int count) {
        clients.trial()
                .eventually(
                        () -> count + " dead letters, there are " + of(source).size(),
                        Trial.SIGNAL,
                        () -> of(source).size() >= count);
        List<DeadLetter> letters = of(source);
        clients.trial().check(letters.size() == count, letters.size() + " dead letters, not " + count);
        return letters;
    }
}
