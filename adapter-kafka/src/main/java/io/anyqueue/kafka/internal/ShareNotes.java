package io.anyqueue.kafka.internal;

import io.anyqueue.spi.Receiver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What other threads want of a lane's. Written by any thread; the lane's waits for them and takes them. */
final class ShareNotes {
    private static final Logger LOG = LoggerFactory.getLogger(ShareNotes.class);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition noted = lock.newCondition();
    private List<Note> notes = new ArrayList<>();
    private List<CompletableFuture<Void>> flushes = new ArrayList<>();
    private boolean over;
    private boolean woken;

    /**
     * Something to do with a delivery.
     *
     * @param delivery which is claimed
     * @param type how
     * @param results takes what became of it; null if nobody asked for it
     */
    record Note(ShareDelivery delivery, AcknowledgeType type, Receiver.@Nullable Results results) {
        static Note release(ShareDelivery delivery) {
            return new Note(delivery, AcknowledgeType.RELEASE, null);
        }

        void stale() {
            if (results != null) {
                results.stale(delivery);
            }
        }
    }

    /**
     * What was noted since it was taken last.
     *
     * @param notes in their order
     * @param flushes to complete when all of them are done
     */
    record Taken(List<Note> notes, List<CompletableFuture<Void>> flushes) {
        void flushed() {
            flushes.forEach(flush -> flush.complete(null));
        }
    }

    void add(Note note) {
        boolean late;
        lock.lock();
        try {
            late = over;
            if (!late) {
                notes.add(note);
                noted.signalAll();
            }
        } finally {
            lock.unlock();
        }
        if (late) {
            note.stale();
        }
    }

    /** {@return completes when all notes of before are done} */
    CompletableFuture<Void> flush() {
        CompletableFuture<Void> flush = new CompletableFuture<>();
        lock.lock();
        try {
            if (over) {
                flush.complete(null);
            } else {
                flushes.add(flush);
                noted.signalAll();
            }
        } finally {
            lock.unlock();
        }
        return flush;
    }

    /** Ends the lane's present wait, or its next one. */
    void wake() {
        lock.lock();
        try {
            woken = true;
            noted.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for a note, or to be woken. */
    void await(long millis) {
        long nanos = TimeUnit.MILLISECONDS.toNanos(millis);
        lock.lock();
        try {
            while (nanos > 0 && notes.isEmpty() && flushes.isEmpty() && !woken) {
                nanos = noted.awaitNanos(nanos);
            }
            woken = false;
        } catch (InterruptedException e) {
            LOG.debug("nobody interrupts this thread", e);
        } finally {
            lock.unlock();
        }
    }

    Taken take() {
        lock.lock();
        try {
            Taken taken = new Taken(notes, flushes);
            notes = new ArrayList<>();
            flushes = new ArrayList<>();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** Nothing is held any more that could be settled. */
    void refuse() {
        Taken taken = take();
        taken.notes().forEach(Note::stale);
        taken.flushed();
    }

    /** Refuses all from now on. */
    void end() {
        lock.lock();
        try {
            over = true;
        } finally {
            lock.unlock();
        }
        refuse();
    }
}
