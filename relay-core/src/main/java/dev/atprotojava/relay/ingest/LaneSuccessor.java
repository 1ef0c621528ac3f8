// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.ingest;

/** What comes after a lane. Called on the lane's thread; never waits. */
@FunctionalInterface
public interface LaneSuccessor {
  /**
   * Takes what a lane lets go.
   *
   * @return false if it cannot leave because its frame would be too long; then it did not happen
   */
  boolean offer(LaneOutput output);
}
