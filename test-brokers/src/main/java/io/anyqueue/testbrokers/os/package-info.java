/** Processes, ports and folders that end with the JVM, whatever ends it; no broker is known here. */
@NullMarked
package io.anyqueue.testbrokers.os;

import org.jspecify.annotations.NullMarked;
