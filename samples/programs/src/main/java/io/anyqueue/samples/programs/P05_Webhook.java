package io.anyqueue.samples.programs;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import io.anyqueue.HandlingException;
import io.anyqueue.MessageQueue;
import io.anyqueue.Outgoing;
import io.anyqueue.QueueClient;
import io.anyqueue.RetryPolicy;
import java.io.IOException;

public class P05_Webhook {
    record Hook(String url, String body) {}

    interface Http {
        int post(String url, String body) throws IOException;
    }

    static void run(QueueClient client, Http http) {
        MessageQueue<Hook> hooks = client.queue("webhooks", Hook.class);
        hooks.consumer()
                .concurrency(16)
                .retry(RetryPolicy.exponential(ofSeconds(30), 2, ofHours(6)).within(ofHours(72)))
                .start(hook -> {
                    int status = http.post(hook.url(), hook.body());
                    if (status == 429) throw HandlingException.retryAfter(ofMinutes(5), null);
                    if (status == 410) throw HandlingException.permanent("gone");
                    if (status >= 300) throw new IOException("status " + status);
                });
        hooks.send(Outgoing.of(new Hook("https://x", "{}")).delay(ofHours(1)));
    }
}
