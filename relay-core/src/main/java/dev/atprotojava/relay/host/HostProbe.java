// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.host;

import java.io.IOException;

/** Asks a server whether it is a PDS, before anything about it is stored. */
@FunctionalInterface
public interface HostProbe {
  /**
   * Calls {@code com.atproto.server.describeServer} (RL-52). Blocks for a few seconds at most.
   *
   * @throws IOException if it does not answer as a PDS does; the message says how
   */
  void describeServer(String hostname, boolean secure) throws IOException;
}
