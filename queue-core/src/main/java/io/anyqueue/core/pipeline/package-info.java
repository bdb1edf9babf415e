/** What happens to one delivery between the broker and the handler, stage by stage. */
@NullMarked
package io.anyqueue.core.pipeline;

import org.jspecify.annotations.NullMarked;
