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

  /**
   * The part of a hostname that somebody registered: {@code example.co.uk} of {@code
   * pds.example.co.uk}. Without a list of public suffixes, the last two labels.
   */
  default String registeredDomain(String hostname) {
    int last = hostname.lastIndexOf('.');
    return hostname.substring(hostname.lastIndexOf('.', Math.max(0, last - 1)) + 1);
  }
}
