// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * Stages 1 to 3 of a frame: from a host's socket to an event that may go into a lane.
 *
 * <p>{@link dev.atprotojava.relay.upstream.HostConnection} decides, as a state machine, when to
 * dial, what to ask for, and what to make of what comes; {@link
 * dev.atprotojava.relay.upstream.HostRunner} is the thread that does it; {@link
 * dev.atprotojava.relay.upstream.HostGate} lets pass what is in order and within the host's rate.
 *
 * <p>Hot path: no streams, boxing, formatting or logging for a frame.
 */
@NullMarked
package dev.atprotojava.relay.upstream;

import org.jspecify.annotations.NullMarked;
