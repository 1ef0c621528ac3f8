// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * An AT Protocol relay: many hosts in, one verified stream out.
 *
 * <p>The way of one frame, a package a stretch, each of which knows only the interface of the next:
 *
 * <pre>
 *   upstream   HostConnection, HostGate         one virtual thread a host
 *   ingest     AccountLanes, AccountGate, EventVerifier   a few platform threads
 *   outbound   OutboundEncoder, Sequencer       one platform thread
 *   log        SegmentedEventLog, LiveTail      the same thread
 *   consumer   ConsumerSession                  the HTTP server's I/O threads
 * </pre>
 */
@NullMarked
package dev.atprotojava.relay;

import org.jspecify.annotations.NullMarked;
