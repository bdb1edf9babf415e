/**
 * The API of Anyqueue: send and handle messages in one way on every broker.
 *
 * <p>Start with {@link io.anyqueue.QueueClient}. What holds on every broker is written down as numbered rules
 * ({@code SND-1}, {@code SET-1}, …) in {@code docs/contract.md}; the types here cite the rules they keep.
 *
 * <p>No parameter may be null and no method returns null unless it says so; a null argument is refused with
 * {@link io.anyqueue.ErrorCode#INVALID_ARGUMENT} and the parameter's name.
 */
@NullMarked
package io.anyqueue;

import org.jspecify.annotations.NullMarked;
