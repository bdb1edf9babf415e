/** Random programs against an adapter, and a model that says whether what was seen may be. */
@NullMarked
package io.anyqueue.conformance.model;

import org.jspecify.annotations.NullMarked;
