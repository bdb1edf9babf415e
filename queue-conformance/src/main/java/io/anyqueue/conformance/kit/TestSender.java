package io.anyqueue.conformance.kit;

import io.anyqueue.Message;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Sender;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A sender whose results are recorded, all of them: a second result of a message is a failure, not noise. Safe for any thread. */
public final class TestSender {
    private final Trial trial;
    private final Sender sender;
    private final String target;

    TestSender(Trial trial, Sender sender, String target) {
        this.trial = trial;
        this.sender = sender;
        this.target = target;
    }

    /** The three results of a send (rule SND-2). */
    public enum Kind {
        /** Stored. */
        CONFIRMED,
        /** Certainly not stored. */
        REJECTED,
        /** It may be stored. */
        UNKNOWN
    }

    /**
     * A result.
     *
     * @param kind which of the three
     * @param why the failure, or null
     */
    public record Answer(Kind kind, @Nullable QueueException why) {}

    /** A message that was given to the sender. */
    public static final class Sending implements Sender.PendingSend {
        private final Message message;
        private final List<Answer> answers = new CopyOnWriteArrayList<>();

        Sending(Message message) {
            this.message = message;
        }

        @Override
        public Message message() {
            return message;
        }

        /** {@return all results so far; more than one is a failure of the adapter} */
        public List<Answer> answers() {
            return List.copyOf(answers);
        }

        /** {@return whether there is a result} */
        public boolean isDone() {
            return !answers.isEmpty();
        }

        /** {@return whether it was confirmed, and nothing else} */
        public boolean isConfirmed() {
            return answers.size() == 1 && answers.get(0).kind() == Kind.CONFIRMED;
        }
    }

    /**
     * Sends in one call and waits for nothing.
     *
     * @param messages the messages
     * @return the sends, in order
     */
    public List<Sending> start(List<Message> messages) {
        return start(messages, () -> {});
    }

    /**
     * Sends in one call and waits for nothing.
     *
     * @param messages the messages
     * @param onResult runs on the adapter's thread with each result, and may throw
     * @return the sends, in order
     */
    public List<Sending> start(List<Message> messages, Runnable onResult) {
        List<Sending> sendings = messages.stream().map(Sending::new).toList();
        messages.forEach(message -> trial.timeline().add(message.id(), key(message), Timeline.What.SENT, target));
        sender.send(sendings, new Recorder(onResult));
        return sendings;
    }

    /**
     * Sends in one call and waits until each message has a result.
     *
     * @param messages the messages
     * @return the sends, in order, each with exactly one result
     */
    public List<Sending> send(List<Message> messages) {
        List<Sending> sendings = start(messages);
        trial.eventually(
                "every message of a batch of " + messages.size() + " to " + target + " has a result",
                Trial.SIGNAL,
                () -> sendings.stream().allMatch(Sending::isDone));
        for (Sending sending : sendings) {
            trial.check(
                    sending.answers().size() == 1,
                    "message " + sending.message().id() + " got "
                            + sending.answers().size() + " results: " + sending.answers());
        }
        return sendings;
    }

    /**
     * Sends one message.
     *
     * @param message the message
     * @return its result
     */
    public Answer send(Message message) {
        return send(List.of(message)).get(0).answers().get(0);
    }

    /**
     * Sends each message by itself; each must be confirmed before the next is sent.
     *
     * @param messages the messages
     */
    public void confirm(Message... messages) {
        Arrays.asList(messages).forEach(message -> mustConfirm(send(List.of(message))));
    }

    /**
     * Sends in one call; all must be confirmed.
     *
     * @param messages the messages
     */
    public void confirm(List<Message> messages) {
        mustConfirm(send(messages));
    }

    private void mustConfirm(List<Sending> sendings) {
        List<String> failed = new ArrayList<>();
        for (Sending sending : sendings) {
            if (!sending.isConfirmed()) {
                failed.add(sending.message().id() + " " + sending.answers());
            }
        }
        trial.check(failed.isEmpty(), "not confirmed by " + target + ": " + failed);
    }

    /** Closes the sender and waits for it. */
    public void close() {
        trial.await("close the sender of " + target, sender.close(Duration.ofSeconds(5)));
    }

    /** {@return the adapter's sender} */
    public Sender raw() {
        return sender;
    }

    private static String key(Message message) {
        return message.key().orElse("");
    }

    private final class Recorder implements Sender.Results {
        private final Runnable onResult;

        Recorder(Runnable onResult) {
            this.onResult = onResult;
        }

        @Override
        public void confirmed(Sender.PendingSend send) {
            record(send, Timeline.What.CONFIRMED, new Answer(Kind.CONFIRMED, null));
        }

        @Override
        public void rejected(Sender.PendingSend send, QueueException why) {
            record(send, Timeline.What.REJECTED, new Answer(Kind.REJECTED, why));
        }

        @Override
        public void unknown(Sender.PendingSend send, QueueException why) {
            record(send, Timeline.What.UNKNOWN, new Answer(Kind.UNKNOWN, why));
        }

        private void record(Sender.PendingSend send, Timeline.What what, Answer answer) {
            Message message = send.message();
            QueueException why = answer.why();
            trial.timeline()
                    .add(message.id(), key(message), what, why == null ? "" : why.code() + " " + why.getMessage());
            ((Sending) send).answers.add(answer);
            onResult.run();
        }
    }
}
