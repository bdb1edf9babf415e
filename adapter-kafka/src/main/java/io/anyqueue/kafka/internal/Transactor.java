package io.anyqueue.kafka.internal;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.kafka.internal.Transaction.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.IllegalGenerationException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.StaleMemberEpochException;
import org.apache.kafka.common.errors.TransactionAbortedException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out transactions, one after the other, on a thread of its own, as each of them waits for the brokers. Its producer is its own; a
 * new one has the same id, so that the brokers end what an old one left before anything else happens (hazards of a commit without an answer,
 * and of a transaction that nobody ends). Any thread may call; the rest is its own thread's.
 */
final class Transactor {
    private static final Logger LOG = LoggerFactory.getLogger(Transactor.class);
    private static final String FEATURE = "transaction.version";
    private static final int LEAST_VERSION = 2;
    private static final int ASK_MILLIS = 5_000;
    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final String name;
    private final Clients clients;
    private final String group;
    private final String id;
    private final ExecutorService thread;
    private volatile boolean abandoned;
    private boolean checked;
    private @Nullable Producer<byte[], byte[]> producer;

    Transactor(String name, Clients clients, String group, String consumer) {
        this.name = name;
        this.clients = clients;
        this.group = group;
        // Nobody else's, ever: that a zombie is refused is the group's doing, and the id's only for what it left
        // itself.
        this.id = group + "-" + UUID.randomUUID();
        this.thread = Executors.newSingleThreadExecutor(task -> {
            Thread made = new Thread(task, "anyqueue-kafka-transactions-" + consumer);
            made.setDaemon(true);
            return made;
        });
    }

    /** {@return completes with what became of it, on this one's thread} Never fails. */
    CompletableFuture<Result> run(Transaction transaction) {
        CompletableFuture<Result> ended = new CompletableFuture<>();
        try {
            thread.execute(() -> ended.complete(result(transaction)));
        } catch (RejectedExecutionException e) {
            ended.complete(Result.later(closed(e)));
        }
        return ended;
    }

    private QueueException closed(@Nullable Throwable cause) {
        return new QueueException(ErrorCode.CLOSED, "Kafka: the consumer of " + name + " is closed", cause);
    }

    private Result result(Transaction transaction) {
        try {
            return carryOut(transaction);
        } catch (Throwable e) {
            LOG.error("{}: a transaction ended in a way that is a defect", name, e);
            discard();
            LockSupport.parkNanos(AGAIN_NANOS);
            return Result.unknown(Failures.of("commit a transaction of " + name, e));
        }
    }

    private Result carryOut(Transaction transaction) {
        if (abandoned) {
            return Result.later(closed(null));
        }
        Producer<byte[], byte[]> present;
        try {
            present = producer();
        } catch (RuntimeException e) {
            LockSupport.parkNanos(AGAIN_NANOS); // Whoever tries again does so at once.
            return Result.later(explained(e));
        }
        try {
            present.beginTransaction();
            send(present, transaction.moves());
        } catch (RuntimeException e) {
            return aborted(present, e);
        }
        try {
            present.sendOffsetsToTransaction(transaction.offsets(), transaction.group());
        } catch (RuntimeException e) {
            return aborted(present, e);
        }
        try {
            // From here on it may be stored.
            present.commitTransaction();
            return Result.DONE;
        } catch (RuntimeException e) {
            return findOut(transaction, e);
        }
    }

    private static void send(Producer<byte[], byte[]> producer, List<Move> moves) {
        List<Sent> sent = new ArrayList<>();
        for (Move move : moves) {
            for (ProducerRecord<byte[], byte[]> record : move.records()) {
                Sent each = new Sent(record.topic(), producer.send(record));
                if (each.answer().isDone()) {
                    each.await(); // It waited for its topic in vain, and so would all others for that one.
                }
                sent.add(each);
            }
        }
        producer.flush();
        Unsent first = null;
        for (Sent each : sent) {
            try {
                each.await();
            } catch (Unsent e) {
                // With one that fails the others are aborted.
                first = first == null || first.isAborted() ? e : first;
            }
        }
        if (first != null) {
            throw first;
        }
    }

    /** A record on its way, and where to. */
    private record Sent(String topic, Future<?> answer) {
        void await() {
            try {
                var unused = Transactor.await(answer, ASK_MILLIS);
            } catch (RuntimeException e) {
                throw new Unsent(topic, e);
            }
        }
    }

    /** A record that cannot be stored, or not now. */
    private static final class Unsent extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final String topic;
        private final RuntimeException why;

        Unsent(String topic, RuntimeException why) {
            super(why);
            this.topic = topic;
            this.why = why;
        }

        boolean isAborted() {
            return why instanceof TransactionAbortedException;
        }

        /** {@return whether it is the topic, or the way to it, rather than the record} */
        boolean isOfTopic() {
            return why instanceof RetriableException || Attempt.wouldWait(why);
        }
    }

    private static <T> T await(Future<T> future, long millis) {
        try {
            return future.get(millis, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException inner ? inner : new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            throw new org.apache.kafka.common.errors.TimeoutException("no answer within " + millis + " ms", e);
        } catch (InterruptedException e) {
            throw new org.apache.kafka.common.errors.InterruptException(e);
        }
    }

    /** It was not asked to be committed, so it is not. */
    private Result aborted(Producer<byte[], byte[]> broken, RuntimeException failure) {
        LOG.debug("{}: a transaction is aborted", name, failure);
        try {
            broken.abortTransaction();
        } catch (RuntimeException e) {
            LOG.debug("{}: and that failed, so that the next producer has to end it", name, e);
            discard();
        }
        if (failure instanceof Unsent unsent) {
            QueueException why = explained(unsent.why);
            return unsent.isOfTopic() ? Result.ofTopic(why, unsent.topic) : Result.ofRecord(why);
        }
        Throwable cause = Failures.unwrapped(failure);
        QueueException why = explained(failure);
        boolean changing = cause instanceof CommitFailedException
                || cause instanceof RebalanceInProgressException
                || cause instanceof IllegalGenerationException
                || cause instanceof UnknownMemberIdException
                || cause instanceof StaleMemberEpochException;
        return changing ? Result.changing(why) : Result.later(why);
    }

    /** The brokers settle it one way when a producer with its id begins; then the group's offsets say which. */
    private Result findOut(Transaction transaction, RuntimeException failure) {
        LOG.info("{}: a commit has no answer; finding out what became of it", name, failure);
        discard();
        while (!abandoned) {
            try {
                var unused = producer();
                boolean committed = transaction.isIn(committed());
                LOG.info("{}: it was {}", name, committed ? "committed" : "aborted");
                return committed ? Result.DONE : Result.later(explained(failure));
            } catch (RuntimeException e) {
                LOG.debug("{}: not known yet", name, e);
                LockSupport.parkNanos(AGAIN_NANOS);
            }
        }
        return Result.unknown(explained(failure));
    }

    private Map<TopicPartition, OffsetAndMetadata> committed() {
        return await(
                clients.admin()
                        .listConsumerGroupOffsets(
                                group,
                                new ListConsumerGroupOffsetsOptions()
                                        .requireStable(true)
                                        .timeoutMs(ASK_MILLIS))
                        .partitionsToOffsetAndMetadata(),
                2L * ASK_MILLIS);
    }

    private Producer<byte[], byte[]> producer() {
        Producer<byte[], byte[]> present = producer;
        if (present != null) {
            return present;
        }
        check();
        Producer<byte[], byte[]> made = clients.transactional(id);
        try {
            made.initTransactions();
        } catch (RuntimeException e) {
            close(made, Duration.ZERO);
            throw e;
        }
        producer = made;
        return made;
    }

    /** Older brokers may count a late answer to one transaction for the next. */
    private void check() {
        if (checked) {
            return;
        }
        FinalizedVersionRange found = await(clients.admin().describeFeatures().featureMetadata(), 2L * ASK_MILLIS)
                .finalizedFeatures()
                .get(FEATURE);
        int version = found == null ? 0 : found.maxVersionLevel();
        if (version < LEAST_VERSION) {
            throw new QueueException(
                    ErrorCode.UNSUPPORTED,
                    "exactlyOnce() on " + name + " needs " + FEATURE + " " + LEAST_VERSION + ", and these brokers have "
                            + version
                            + ": run 'kafka-features upgrade --feature " + FEATURE + "=" + LEAST_VERSION
                            + "' on Kafka 4.0 or later, or leave out exactlyOnce()");
        }
        checked = true;
    }

    private QueueException explained(RuntimeException failure) {
        return Failures.of("commit a transaction of " + name, failure);
    }

    private void discard() {
        Producer<byte[], byte[]> old = producer;
        producer = null;
        if (old != null) {
            close(old, Duration.ZERO);
        }
    }

    private void close(Producer<byte[], byte[]> old, Duration limit) {
        try {
            old.close(limit);
        } catch (RuntimeException e) {
            LOG.debug("{}: a producer did not close in order", name, e);
        }
    }

    /** What runs may end within the limit; then what became of it is not found out any more. */
    void close(Duration limit) {
        try {
            thread.execute(() -> {
                if (producer != null) {
                    close(producer, limit);
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.trace("{}: closed already", name);
        }
        thread.shutdown();
        try {
            if (!thread.awaitTermination(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.debug("{}: a transaction is under way still", name);
            }
        } catch (InterruptedException e) {
            LOG.debug("{}: nobody interrupts this thread", name, e);
        }
        abandoned = true;
    }
}
