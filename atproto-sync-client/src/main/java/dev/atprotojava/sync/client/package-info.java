// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * Follows a PDS or a relay over the network.
 *
 * <p>Start with {@link dev.atprotojava.sync.client.VerifiedFirehose}, which hands over records that
 * are true and keeps what it must remember in a {@link dev.atprotojava.sync.client.RepoStateStore}.
 * {@link dev.atprotojava.sync.client.FirehoseClient} gives the stream as it comes; {@link
 * dev.atprotojava.sync.client.SyncClient} asks for everything else that {@code com.atproto.sync}
 * has.
 *
 * <p>Below, {@link dev.atprotojava.sync.client.FrameTransport} is the seam between whoever follows
 * streams and sockets; {@link dev.atprotojava.sync.client.WebSocketTransport} is its real form.
 * {@link dev.atprotojava.sync.client.FileBlockSpill} is the file that reading a whole repository
 * may need.
 */
@NullMarked
package dev.atprotojava.sync.client;

import org.jspecify.annotations.NullMarked;
