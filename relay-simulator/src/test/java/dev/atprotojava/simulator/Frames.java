// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborWriter;
import dev.atprotojava.sync.EncodedFrame;

/** What a relay does to a frame. */
final class Frames {
  private Frames() {}

  /** The frame under another number, and otherwise byte for byte as it was (RL-18). */
  static Bytes renumber(EncodedFrame frame, long seq) {
    byte[] old = frame.bytes().toByteArray();
    int behind = frame.seqOffset() + frame.seqLength();
    CborWriter out = new CborWriter(old.length + 9);
    out.writeEncoded(old, 0, frame.seqOffset()).writeInteger(seq);
    return out.writeEncoded(old, behind, old.length - behind).toBytes();
  }
}
