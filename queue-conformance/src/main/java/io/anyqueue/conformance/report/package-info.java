/** What a run has shown, as a table for people and as JSON for programs. */
@NullMarked
package io.anyqueue.conformance.report;

import org.jspecify.annotations.NullMarked;
