/** What an adapter's test extends. */
@NullMarked
package io.anyqueue.conformance.junit;

import org.jspecify.annotations.NullMarked;
