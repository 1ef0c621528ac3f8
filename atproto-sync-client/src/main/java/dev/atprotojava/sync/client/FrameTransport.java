// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import java.io.IOException;
import java.net.URI;

/** Opens streams of WebSocket messages. The seam between those who follow streams and sockets. */
@FunctionalInterface
public interface FrameTransport {
  /**
   * Opens a stream. Blocks until the handshake is done, which has a limit in time.
   *
   * @param stream a {@code ws} or {@code wss} address with its query
   * @throws HandshakeException if the server answers, but not with a stream
   * @throws IOException if it cannot be reached, or may not be
   */
  FrameConnection connect(URI stream) throws IOException;
}
