package io.anyqueue.conformance.model;

import java.util.List;
import java.util.Locale;

/**
 * One step of a program. Steps name nothing that another step made: what a consumer holds is picked by its place, so that any
 * part of a program is a program.
 */
sealed interface Command {
    /** {@return commands that do less than this one, for a shorter program with the same failure} */
    default List<Command> simpler() {
        return List.of();
    }

    /** Sends messages in one call; the delay is in percent of a lease. */
    record Send(int messages, int key, int delay) implements Command {
        @Override
        public List<Command> simpler() {
            return messages == 1 ? List.of() : List.of(new Send(1, key, delay), new Send(messages - 1, key, delay));
        }

        @Override
        public String toString() {
            return "send " + messages + (messages > 1 ? " messages of keys from k" : " message of key k") + key
                    + after(delay);
        }
    }

    /** Polls once. */
    record Receive(int consumer, int max) implements Command {
        @Override
        public String toString() {
            return "consumer " + consumer + " receives at most " + max;
        }
    }

    /** Acknowledges what the consumer holds, beginning at some place. */
    record Ack(int consumer, int from, int count) implements Command {
        @Override
        public List<Command> simpler() {
            return count == 1 ? List.of() : List.of(new Ack(consumer, from, 1));
        }

        @Override
        public String toString() {
            return "consumer " + consumer + " acknowledges " + count + " from its number " + from;
        }
    }

    /** Gives back what the consumer holds, beginning at some place; as failed, or not. */
    record Release(int consumer, int from, int count, int delay, boolean failed) implements Command {
        @Override
        public List<Command> simpler() {
            return count == 1 ? List.of() : List.of(new Release(consumer, from, 1, delay, failed));
        }

        @Override
        public String toString() {
            return "consumer " + consumer + " releases " + count + " from its number " + from
                    + (failed ? " as failed" : "") + after(delay);
        }
    }

    /** Prolongs the lease of one that the consumer holds. */
    record Extend(int consumer, int which) implements Command {
        @Override
        public String toString() {
            return "consumer " + consumer + " extends its number " + which;
        }
    }

    /** Stores a message elsewhere and acknowledges one that the consumer holds. */
    record Forward(int consumer, int which) implements Command {
        @Override
        public String toString() {
            return "consumer " + consumer + " forwards its number " + which;
        }
    }

    /** Settles what is no longer the consumer's: settled before, lost, or given back. */
    record SettleLate(int consumer, int which, Verb verb) implements Command {
        @Override
        public String toString() {
            return "consumer " + consumer + " tries to " + verb.name().toLowerCase(Locale.ROOT) + " number " + which
                    + " of those it had";
        }
    }

    /** How to settle late. */
    enum Verb {
        /** Acknowledge. */
        ACK,
        /** Give back. */
        RELEASE,
        /** Prolong. */
        EXTEND,
        /** Forward. */
        FORWARD
    }

    /** The consumer settles nothing any more of what it holds: the leases are to end. */
    record Abandon(int consumer) implements Command {
        @Override
        public String toString() {
            return "consumer " + consumer + " forgets what it holds";
        }
    }

    /** The consumer leaves, and another comes in its place. */
    record Reopen(int consumer) implements Command {
        @Override
        public String toString() {
            return "consumer " + consumer + " closes, and opens again";
        }
    }

    /** A client's session breaks, and with it the consumers of every second number. */
    record Crash(int client) implements Command {
        @Override
        public String toString() {
            return "the session of client " + client + " breaks";
        }
    }

    /** A subscription more, on topics. */
    record Subscribe() implements Command {
        @Override
        public String toString() {
            return "subscribe once more";
        }
    }

    /** Time passes, in percent of a lease. */
    record Advance(int percent) implements Command {
        @Override
        public List<Command> simpler() {
            return percent <= 110 ? List.of() : List.of(new Advance(110));
        }

        @Override
        public String toString() {
            return percent + " % of a lease pass";
        }
    }

    private static String after(int delay) {
        return delay == 0 ? "" : ", delayed by " + delay + " % of a lease";
    }
}
