/**
 * An adapter whose broker is a table in a database.
 *
 * <h2>Term mapping</h2>
 *
 * A queue and a subscription are rows of {@code destination}; their messages are rows of {@code message}. A topic has rows of its
 * own only while messages for it are delayed.
 *
 * <h2>Delivery semantics</h2>
 *
 * A consumer leases a row until a time; settling it needs the same holder and the same count of deliveries. Of each key of an
 * ordered queue only the oldest row can be leased.
 *
 * <h2>Capabilities</h2>
 *
 * See {@code docs/conformance/table.md}. Not durable, as the database is in memory; no priorities, no de-duplication.
 *
 * <h2>Options</h2>
 *
 * {@code table:name} is a database in memory, shared by all clients of the process that name it.
 *
 * <h2>Unwrapping</h2>
 *
 * {@code javax.sql.DataSource}.
 *
 * <h2>Limits</h2>
 *
 * It is a sample: every settlement is a transaction of its own, and an idle consumer looks every 20 ms.
 */
@NullMarked
package io.anyqueue.samples.table;

import org.jspecify.annotations.NullMarked;
