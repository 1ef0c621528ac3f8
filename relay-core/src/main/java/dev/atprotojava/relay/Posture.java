// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay;

/** How the checks of a host's events count (RL-42). */
public enum Posture {
  /** Any failure drops. */
  ENFORCE,
  /** What may be waived is, and is counted; all else drops. */
  OBSERVE,
}
