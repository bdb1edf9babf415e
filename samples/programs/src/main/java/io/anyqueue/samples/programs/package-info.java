/** Short programs, one file each, as the documentation shows them. Each runs on any broker; the tests run them in memory. */
@NullMarked
package io.anyqueue.samples.programs;

import org.jspecify.annotations.NullMarked;
