// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

/** Whether a PLC directory is asked. */
public enum DirectoryState {
  /** It answers. (The circuit is closed, in the words of the pattern.) */
  CLOSED,
  /** It failed, or asked us to come later; lookups that need it are refused. */
  OPEN,
  /** It failed, and one request is under way to find out whether it still does. */
  HALF_OPEN
}
