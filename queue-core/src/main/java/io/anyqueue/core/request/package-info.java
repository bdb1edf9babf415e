/** Questions and their replies: both the side that asks and the side that answers. */
@NullMarked
package io.anyqueue.core.request;

import org.jspecify.annotations.NullMarked;
