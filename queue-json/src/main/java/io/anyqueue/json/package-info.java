/**
 * Payloads as JSON, on Jackson 3. To have it on the class path or module path is enough: the runtime finds
 * {@link io.anyqueue.json.JsonCodec} by itself.
 *
 * <p>In a named module the package of the payload classes must be opened to Jackson:
 * {@code opens com.acme.orders to tools.jackson.databind;}.
 */
@NullMarked
package io.anyqueue.json;

import org.jspecify.annotations.NullMarked;
