/** Settings: which keys there are, what their values mean, and how names map to the broker's. */
@NullMarked
package io.anyqueue.core.config;

import org.jspecify.annotations.NullMarked;
