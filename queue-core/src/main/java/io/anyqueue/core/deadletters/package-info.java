/** The dead letters of a source, on request: listed, sent back to where they failed, or discarded. */
@NullMarked
package io.anyqueue.core.deadletters;

import org.jspecify.annotations.NullMarked;
