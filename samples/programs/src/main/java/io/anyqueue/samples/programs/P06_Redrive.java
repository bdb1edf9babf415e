package io.anyqueue.samples.programs;

import static java.time.Duration.ofSeconds;

import io.anyqueue.ClientOptions;
import io.anyqueue.DeadLetters;
import io.anyqueue.QueueClient;
import io.anyqueue.Redrive;

public class P06_Redrive {
    record Order(String id) {}

    public static void main(String[] args) {
        try (QueueClient client = QueueClient.connect(ClientOptions.load())) {
            DeadLetters dead = client.queue("orders", Order.class).deadLetters();
            Redrive plan = dead.redrive(d -> d.fingerprint().equals(args[0]))
                    .limit(500)
                    .rate(50, ofSeconds(1));
            plan.preview().forEach(d -> System.out.println(d.at() + " " + d.reason() + " " + d.error()));
            if (args.length > 1 && args[1].equals("--run")) System.out.println(plan.run() + " redriven");
        }
    }
}
