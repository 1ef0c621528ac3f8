// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * Stages 7 and 8 of a frame: what goes out, and the order in which.
 *
 * <p>{@link dev.atprotojava.relay.outbound.OutboundEncoder} decides which bytes leave for an
 * accepted event; {@link dev.atprotojava.relay.outbound.Sequencer} is the one thread that puts the
 * events of all lanes in a row and hands them to the log.
 *
 * <p>Hot path: no streams, boxing, formatting or logging for an event.
 */
@NullMarked
package dev.atprotojava.relay.outbound;

import org.jspecify.annotations.NullMarked;
