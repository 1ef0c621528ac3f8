// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.consumer;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A consumer's socket as a session sees it. The seam between the session and the HTTP server. All
 * methods are called on the thread of its {@link ConsumerLoop}.
 */
public interface ConsumerSink {
  /**
   * Writes as much as the socket takes now, from the first buffers on; never waits.
   *
   * @return how many bytes were written, 0 if the socket takes none
   * @throws IOException if the connection is gone
   */
  long write(ByteBuffer[] buffers, int count) throws IOException;

  /** Asks for a call of {@link ConsumerSession#writable} once the socket takes more. */
  void awaitWritable();

  /** Closes the connection. */
  void close();
}
