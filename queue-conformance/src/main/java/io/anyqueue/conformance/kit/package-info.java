/** What a case is, what it is run with, and what comes of it. */
@NullMarked
package io.anyqueue.conformance.kit;

import org.jspecify.annotations.NullMarked;
