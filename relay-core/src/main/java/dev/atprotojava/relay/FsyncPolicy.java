// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay;

/** When what was written is forced to the disk. The store never runs ahead of it. */
public enum FsyncPolicy {
  /** Before consumers see it: nothing that anybody saw is lost by a crash or a power loss. */
  BATCH,
  /** Ten times a second: a power loss may take back what was seen since; a crash does not. */
  INTERVAL,
  /**
   * Not for the sake of those who see it: a power loss may take back what was seen in the last
   * seconds; a crash does not. Once a second all the same, so that the store and the cursors of
   * hosts can follow, which never run ahead of the disk.
   */
  NEVER,
}
