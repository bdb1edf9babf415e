package io.anyqueue.inmemory.internal;

import org.jspecify.annotations.Nullable;

/** The entries of a source that are not leased, in the order in which they are handed out. */
interface Ready {
    /** A new entry is ready. */
    void stored(Entry entry);

    /** {@return the next entry for a receiver, if there is one; it stays} */
    @Nullable
    Entry peek(Holder holder);

    /**
     * Takes what {@link #peek} gave; called before it counts as leased.
     *
     * @return the fencing token
     */
    long take(Entry entry, Holder holder);

    /** A leased entry is gone. */
    void removed(Entry entry);

    /** A leased entry is given back by its holder; it may be delayed. */
    void released(Entry entry);

    /** A leased entry was taken from its holder: with others of its holder in a row, the last one first. */
    void takenBack(Entry entry);

    /** A leased entry was not handed over after all: with others in a row, the last one first. */
    void notHandedOver(Entry entry);

    /** A delayed entry is due. */
    void due(Entry entry);

    /** All entries are gone. */
    void clear();
}
