/** Programs from the packages of Debian and its relatives, with and without root. */
@NullMarked
package io.anyqueue.testbrokers.debian;

import org.jspecify.annotations.NullMarked;
