// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * Follows the stream of a PDS or a relay over the network.
 *
 * <p>Start with {@link dev.atprotojava.sync.client.FirehoseClient}. Below it, {@link
 * dev.atprotojava.sync.client.FrameTransport} is the seam between whoever follows streams and
 * sockets; {@link dev.atprotojava.sync.client.WebSocketTransport} is its real form.
 *
 * <p>{@link dev.atprotojava.sync.client.FileBlockSpill} is the file that reading a whole repository
 * may need.
 */
@NullMarked
package dev.atprotojava.sync.client;

import org.jspecify.annotations.NullMarked;
