package io.anyqueue.core.request;

import io.anyqueue.Message;
import io.anyqueue.QueueException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A question without an answer yet, by its id and its deadline. Completed by whoever takes it out of its table. */
final class PendingRequest {
    final String id;
    final String destination;
    final long deadline;
    final long sequence;
    private final CompletableFuture<Message> answer = new CompletableFuture<>();

    /** @param deadline in nanoseconds since the origin of the table that holds it */
    PendingRequest(String id, String destination, long deadline, long sequence) {
        this.id = id;
        this.destination = destination;
        this.deadline = deadline;
        this.sequence = sequence;
    }

    CompletionStage<Message> answer() {
        return answer;
    }

    void complete(Message reply) {
        answer.complete(reply);
    }

    void fail(QueueException why) {
        answer.completeExceptionally(why);
    }

    @Override
    public String toString() {
        return "request " + id + " to " + destination;
    }
}
