// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

/** A segment file whose own header cannot be read. */
final class SegmentDamagedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  SegmentDamagedException(String message) {
    super(message);
  }
}
