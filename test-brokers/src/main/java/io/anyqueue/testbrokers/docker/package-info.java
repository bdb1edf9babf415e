/** Servers in Docker containers; no broker is known here. */
@NullMarked
package io.anyqueue.testbrokers.docker;

import org.jspecify.annotations.NullMarked;
