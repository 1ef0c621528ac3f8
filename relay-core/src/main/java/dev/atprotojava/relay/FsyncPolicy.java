// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay;

/** When what was written is forced to the disk. The store never runs ahead of it. */
public enum FsyncPolicy {
  /** Before consumers see it: nothing that anybody saw is lost by a crash or a power loss. */
  BATCH,
  /** Several times a second: a power loss may take back what was seen since; a crash does not. */
  INTERVAL,
  /** When the system does: a power loss may take back minutes; a crash does not. */
  NEVER,
}
