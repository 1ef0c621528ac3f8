// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync;

/** How a relay stands to a host, the known values of {@code com.atproto.sync.defs#hostStatus}. */
public enum HostStatus {
  /** Connected, or about to be. */
  ACTIVE("active"),
  /** Not connected on purpose: the host has nothing to say, or cannot resume where we ask. */
  IDLE("idle"),
  /** Not reachable; it is tried again. */
  OFFLINE("offline"),
  /** Paused because it sends more than it may. */
  THROTTLED("throttled"),
  /** Refused by the operator, or because it is a relay itself. */
  BANNED("banned");

  private final String wire;

  HostStatus(String wire) {
    this.wire = wire;
  }

  /** The word of the protocol. */
  public String wire() {
    return wire;
  }
}
