package io.anyqueue.inmemory.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.Message;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.Endpoint.TopicEndpoint;
import io.anyqueue.spi.Spec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random commands to the state machine and to a naive model that keeps one flat list; after each command both must agree. The
 * same commands a second time must give the same log of results and effects.
 */
class BrokerStateModelTest {
    private static final long LEASE = Duration.ofMillis(100).toNanos();
    private static final int STEPS = 1000;
    private static final int RECEIVERS = 3;
    private static final int BOUND = 30;

    static LongStream seeds() {
        return LongStream.range(1, 13);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void unordered_agrees_with_the_model_and_is_deterministic(long seed) {
        assertThat(new Run(seed, false).run()).isEqualTo(new Run(seed, false).run());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void ordered_agrees_with_the_model_and_is_deterministic(long seed) {
        assertThat(new Run(seed, true).run()).isEqualTo(new Run(seed, true).run());
    }

    /** What the model knows of a message. */
    private static final class Row {
        final String id;
        final String key;
        int deliveries;
        int crashes;
        int attempts;
        long due;
        long leaseEnd;
        Receipt receipt;
        int holder = -1;

        Row(String id, String key, long due) {
            this.id = id;
            this.key = key;
            this.due = due;
        }
    }

    /** One run of random commands; fails with the seed and the step where the two differ. */
    private static final class Run implements Effects {
        private final Endpoint queue = Endpoint.queue("q");
        private final long seed;
        private final boolean ordered;
        private final Random random;
        private final StringBuilder log = new StringBuilder();
        private final BrokerState state = new BrokerState(this);
        private final List<Holder> holders = new ArrayList<>();
        private final List<Row> rows = new ArrayList<>();
        private final List<Receipt> everHandedOut = new ArrayList<>();
        /** Receivers that found nothing more and were not told of anything since. */
        private final boolean[] idle = new boolean[RECEIVERS];

        private Source source;
        private long now = 1;
        private int ids;
        private int step;

        Run(long seed, boolean ordered) {
            this.seed = seed;
            this.ordered = ordered;
            this.random = new Random(seed);
        }

        String run() {
            Bounds bounds = new Bounds(BOUND, Long.MAX_VALUE, Duration.ofHours(1));
            Spec spec = Spec.of(queue).withOrdered(ordered).withLease(Duration.ofNanos(LEASE));
            state.declare(now, Definition.of(spec, bounds), true);
            source = (Source) state.find("q", queue);
            for (int i = 0; i < RECEIVERS; i++) {
                holders.add(open(i));
            }
            for (step = 0; step < STEPS; step++) {
                now += random.nextInt(20) == 0 ? LEASE / 2 : random.nextInt(1_000_000);
                lapse();
                command(random.nextInt(10));
                compare();
            }
            return log.toString();
        }

        private Holder open(int index) {
            Holder holder = new Holder(state, queue, 0, index);
            idle[index] = true;
            state.attach(holder);
            state.window(now, holder, true);
            return holder;
        }

        private void command(int kind) {
            switch (kind) {
                case 0, 1, 2 -> send();
                case 3, 4 -> poll(random.nextInt(RECEIVERS), 1 + random.nextInt(5));
                case 5, 6 -> settle(kind == 5);
                case 7 -> release();
                case 8 -> extend();
                default -> reopen();
            }
        }

        private void send() {
            String id = random.nextInt(8) == 0 && ids > 0 ? "m" + random.nextInt(ids) : "m" + ids++;
            String key = "k" + random.nextInt(4);
            long due = ordered || random.nextInt(4) > 0 ? 0 : now + random.nextInt((int) (LEASE / 2));
            Outcome outcome =
                    state.send(now, source, Message.builder(id).key(key).build(), due);
            log.append(id).append(outcome).append('\n');
            if (outcome == Outcome.DONE) {
                rows.add(new Row(id, key, due));
            } else {
                check(outcome == (sentBefore(id) ? Outcome.DUPLICATE : Outcome.FULL), "send " + outcome);
                check(outcome == Outcome.DUPLICATE || rows.size() == BOUND, "refused as full with " + rows.size());
            }
        }

        /** Within the hour that ids are remembered here. */
        private boolean sentBefore(String id) {
            return log.indexOf(id + "DONE\n") >= 0;
        }

        private void poll(int index, int max) {
            Receipt[] into = new Receipt[max];
            int count = state.checkout(now, holders.get(index), max, Long.MAX_VALUE, into);
            for (int i = 0; i < count; i++) {
                handedOut(index, into[i]);
            }
            idle[index] = rows.stream().noneMatch(row -> deliverable(row, index));
            check(count == max || idle[index], "poll left something");
        }

        private void handedOut(int index, Receipt receipt) {
            String id = receipt.message().id();
            Row row = rows.stream()
                    .filter(each -> each.id.equals(id) && deliverable(each, index))
                    .findFirst()
                    .orElse(null);
            check(row != null, id + " was not deliverable to " + index);
            row.deliveries++;
            check(row.deliveries == receipt.deliveries(), "deliveries of " + id);
            check(row.crashes == receipt.crashes(), "crashes of " + id);
            check(row.attempts == receipt.attempts(), "attempts of " + id);
            row.receipt = receipt;
            row.holder = index;
            row.leaseEnd = now + LEASE;
            everHandedOut.add(receipt);
            log.append(id)
                    .append('>')
                    .append(index)
                    .append('@')
                    .append(receipt.epoch())
                    .append('\n');
        }

        private boolean deliverable(Row row, int index) {
            if (row.receipt != null || row.due > now) {
                return false;
            }
            return !ordered
                    || rows.stream()
                            .filter(other -> other.key.equals(row.key))
                            .allMatch(other -> other.receipt == null
                                    ? rows.indexOf(other) >= rows.indexOf(row)
                                    : other.holder == index);
        }

        /** Settles some receipt of old, so that many are stale. */
        private void settle(boolean recent) {
            if (everHandedOut.isEmpty()) {
                return;
            }
            Receipt receipt = pick(recent);
            Row row = row(receipt);
            Outcome outcome = state.acknowledge(now, receipt.holder, receipt);
            check(outcome == (row == null ? Outcome.STALE : Outcome.DONE), "ack " + outcome);
            rows.remove(row);
            log.append("ack ").append(outcome).append('\n');
        }

        private void release() {
            if (everHandedOut.isEmpty()) {
                return;
            }
            Receipt receipt = pick(true);
            Row row = row(receipt);
            long due = random.nextBoolean() ? 0 : now + random.nextInt((int) (LEASE / 4));
            int attempts = random.nextInt(3);
            Outcome outcome = state.release(now, receipt.holder, receipt, due, attempts, 5);
            check(outcome == (row == null ? Outcome.STALE : Outcome.DONE), "release " + outcome);
            if (row != null) {
                row.receipt = null;
                row.due = due;
                row.attempts = Math.max(row.attempts, attempts);
            }
        }

        private void extend() {
            if (everHandedOut.isEmpty()) {
                return;
            }
            Receipt receipt = pick(true);
            Row row = row(receipt);
            Outcome outcome = state.extend(now, receipt.holder, receipt);
            check(outcome == (row == null ? Outcome.STALE : Outcome.DONE), "extend " + outcome);
            if (row != null) {
                row.leaseEnd = now + LEASE;
            }
        }

        private void reopen() {
            if (random.nextInt(10) > 0) {
                state.advance(now);
                return;
            }
            int index = random.nextInt(RECEIVERS);
            state.detach(now, holders.get(index));
            rows.stream()
                    .filter(row -> row.receipt != null && row.holder == index)
                    .forEach(row -> {
                        row.receipt = null;
                        row.due = 0;
                    });
            holders.set(index, open(index));
        }

        private Receipt pick(boolean recent) {
            int size = everHandedOut.size();
            int from = recent ? Math.max(0, size - 10) : 0;
            return everHandedOut.get(from + random.nextInt(size - from));
        }

        private Row row(Receipt receipt) {
            return rows.stream()
                    .filter(row -> row.receipt == receipt)
                    .findFirst()
                    .orElse(null);
        }

        /** Leases that are over by now, in the order in which they ended. */
        private void lapse() {
            List<Row> over = rows.stream()
                    .filter(row -> row.receipt != null && row.leaseEnd <= now)
                    .sorted(Comparator.comparingLong(row -> row.leaseEnd))
                    .toList();
            for (Row row : over) {
                if (row.receipt != null) {
                    row.crashes++;
                    rows.stream()
                            .filter(other ->
                                    other == row || (ordered && other.receipt != null && other.key.equals(row.key)))
                            .forEach(other -> {
                                other.receipt = null;
                                other.due = 0;
                            });
                }
            }
        }

        private void compare() {
            state.advance(now);
            List<Entry> entries = source.list(0, Integer.MAX_VALUE);
            check(
                    entries.stream()
                            .map(entry -> entry.message.id())
                            .toList()
                            .equals(rows.stream().map(row -> row.id).toList()),
                    "what is stored");
            for (int i = 0; i < rows.size(); i++) {
                check(entries.get(i).receipt == rows.get(i).receipt, "who has " + rows.get(i).id);
                check(entries.get(i).crashes == rows.get(i).crashes, "crashes of " + rows.get(i).id);
            }
            for (int i = 0; i < RECEIVERS; i++) {
                int index = i;
                check(
                        !idle[i] || rows.stream().noneMatch(row -> deliverable(row, index)),
                        "receiver " + i + " was not told that there is something for it");
            }
        }

        private void check(boolean right, String what) {
            if (!right) {
                throw new AssertionError("seed " + seed + ", step " + step + ": " + what);
            }
        }

        @Override
        public void readable(Holder holder) {
            idle[(int) holder.receiver] = false;
            log.append("readable ").append(holder.receiver).append('\n');
        }

        @Override
        public void lost(Holder holder, Object shard, long epoch) {
            log.append("lost ")
                    .append(holder.receiver)
                    .append(shard)
                    .append(epoch)
                    .append('\n');
        }

        @Override
        public void exists(Holder holder, boolean exists) {
            log.append("exists ").append(exists).append('\n');
        }

        @Override
        public void unrouted(TopicEndpoint topic) {
            log.append("unrouted\n");
        }
    }
}
