// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.upstream;

/** The origin of what the relay says by itself: no host, and nobody who waits. */
public enum OwnOrigin implements Origin {
  RELAY;

  @Override
  public int hostId() {
    return 0;
  }

  @Override
  public int epoch() {
    return 0;
  }

  @Override
  public long upstreamSeq() {
    return 0;
  }

  @Override
  public void durable() {}
}
