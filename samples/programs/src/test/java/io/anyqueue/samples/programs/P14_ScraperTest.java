package io.anyqueue.samples.programs;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.HandlingException;
import io.anyqueue.QueueClient;
import io.anyqueue.samples.programs.P14_Scraper.Page;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class P14_ScraperTest {
    @Test
    void fetchesAllPagesButThoseThatAreGone() {
        List<String> urls =
                IntStream.range(0, 100).mapToObj(i -> "https://x/" + i).toList();
        try (QueueClient client = QueueClient.connect("inmemory:")) {
            P14_Scraper.worker(client, fetch -> {
                if (fetch.url().endsWith("7")) {
                    throw HandlingException.permanent("gone");
                }
                return new Page(fetch.url(), "title of " + fetch.url());
            });
            List<Page> pages = P14_Scraper.scrape(client, urls);
            assertThat(pages)
                    .extracting(Page::url)
                    .containsExactlyElementsOf(
                            urls.stream().filter(url -> !url.endsWith("7")).toList());
        }
    }
}
