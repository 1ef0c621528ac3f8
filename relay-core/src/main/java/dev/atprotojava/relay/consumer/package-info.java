// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * Stage 11 of a frame: from the log to a consumer's socket.
 *
 * <p>A consumer is a position in the log ({@link dev.atprotojava.relay.consumer.ConsumerSession}),
 * not a queue: one that is slow costs nobody anything, and live and replay are one path. {@link
 * dev.atprotojava.relay.consumer.Consumers} opens sessions, wakes them, and knows them all.
 *
 * <p>Hot path: no streams, boxing, formatting or logging for a frame.
 */
@NullMarked
package dev.atprotojava.relay.consumer;

import org.jspecify.annotations.NullMarked;
