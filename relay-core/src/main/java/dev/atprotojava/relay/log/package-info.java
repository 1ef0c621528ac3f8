// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * Stages 9 and 10 of a frame: the event log, which is the truth, and its newest part in memory.
 *
 * <p>Start with {@link dev.atprotojava.relay.log.SegmentedEventLog}. {@link
 * dev.atprotojava.relay.log.RecordLayout} and {@link dev.atprotojava.relay.log.SegmentLayout} draw
 * the bytes; {@link dev.atprotojava.relay.log.LogStorage} is the seam to the file system; {@link
 * dev.atprotojava.relay.log.LiveTail} is what consumers that keep up read from, {@link
 * dev.atprotojava.relay.log.ColdReader} what the others do.
 *
 * <p>One thread appends. Readers never take a lock that it waits for.
 */
@NullMarked
package dev.atprotojava.relay.log;

import org.jspecify.annotations.NullMarked;
