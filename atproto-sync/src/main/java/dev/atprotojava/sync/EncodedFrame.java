// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborReader;
import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.cbor.CborValue.MapValue;

/**
 * A message in canonical form, with the place of its {@code seq}: what a relay needs to pass it on
 * with a {@code seq} of its own and everything else as it came, unknown fields included (RL-18).
 *
 * <pre>
 *   | header | body ... "seq" | encoded integer | ... body |
 *                             ^ seqOffset, seqLength bytes
 * </pre>
 *
 * @param bytes header and body
 * @param seqOffset where the encoded value of {@code seq} begins in {@code bytes}
 * @param seqLength its length in bytes, 1 to 9
 * @param canonical true if the message came like this; false if it was valid CBOR in another form
 *     and was encoded anew, with the same fields and values
 */
public record EncodedFrame(Bytes bytes, int seqOffset, int seqLength, boolean canonical) {
  /**
   * All fields of the body, those that we do not know included (SC-22); decoded anew by each call.
   *
   * @throws dev.atprotojava.cbor.CborException if the bytes are not those of a message, which they
   *     are if a {@link FrameCodec} made this
   */
  public MapValue fields() {
    CborReader in = new CborReader(FrameCodec.LIMITS).reset(bytes);
    in.skip();
    return (MapValue) CborValue.read(in);
  }
}
