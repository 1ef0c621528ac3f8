// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.upstream;

/**
 * The origin of what the relay says by itself: nobody who waits, and a number that no host gives.
 *
 * @param hostId the host of the account that it is about
 */
public record OwnOrigin(int hostId) implements Origin {
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
