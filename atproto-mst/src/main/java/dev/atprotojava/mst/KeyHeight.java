// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.mst;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Sha256;

/**
 * The level of a key: the number of leading zero bits of its SHA-256, halved (MST-06, MST-07). A
 * quarter of the keys of each level stand on the next one, so a node has four children on average.
 */
public final class KeyHeight {
  private KeyHeight() {}

  /** The level of a key, 0 to 128. */
  public static int of(Bytes key) {
    return of(key.array(), key.offset(), key.length(), new Sha256(), new byte[Sha256.LENGTH]);
  }

  /** The level of a key in a slice; {@code scratch} has room for a digest. */
  static int of(byte[] key, int offset, int length, Sha256 sha256, byte[] scratch) {
    sha256.digest(key, offset, length, scratch, 0);
    int bits = 0;
    for (byte b : scratch) {
      if (b != 0) {
        return (bits + Integer.numberOfLeadingZeros(b & 0xff) - 24) / 2;
      }
      bits += 8;
    }
    return bits / 2;
  }
}
