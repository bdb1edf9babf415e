package io.anyqueue.samples.programs;

import static java.time.Duration.ofMinutes;

import io.anyqueue.QueueClient;
import io.anyqueue.QueueSpec;
import java.io.IOException;
import java.util.List;
import java.util.Objects;

public class P14_Scraper {
    record Fetch(String url) {}

    record Page(String url, String title) {}

    interface Web {
        Page fetch(Fetch fetch) throws IOException;
    }

    static final QueueSpec<Fetch> FETCH = QueueSpec.of("fetch", Fetch.class);

    static void worker(QueueClient client, Web web) {
        client.queue(FETCH).consumer().concurrency(20).start((f, context) -> context.reply(web.fetch(f)));
    }

    static List<Page> scrape(QueueClient client, List<String> urls) {
        var pending = urls.stream()
                .map(url -> client.requestAsync(FETCH, new Fetch(url), Page.class, ofMinutes(2)))
                .toList();
        return pending.stream()
                .map(f -> f.exceptionally(e -> null).join())
                .filter(Objects::nonNull)
                .toList();
    }
}
