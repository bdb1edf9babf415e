package io.anyqueue.samples.programs;

import static java.time.Duration.ofSeconds;

import io.anyqueue.QueueClient;
import io.anyqueue.QueueSpec;

public class P09_RequestReply {
    record Quote(String sku) {}

    record Price(String sku, long cents) {}

    static final QueueSpec<Quote> QUOTES = QueueSpec.of("quotes", Quote.class);

    static void server(QueueClient client) {
        client.queue(QUOTES).consume((quote, context) -> context.reply(new Price(quote.sku(), 199)));
    }

    static long ask(QueueClient client) {
        return client.request(QUOTES, new Quote("A1"), Price.class, ofSeconds(2))
                .cents();
    }
}
