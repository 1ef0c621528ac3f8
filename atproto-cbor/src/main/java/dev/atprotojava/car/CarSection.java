// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.car;

import dev.atprotojava.cbor.CborWriter;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.multiformats.UnsignedVarint;
import java.util.Arrays;
import java.util.List;

/** How the sections of a CAR are written (CAR-01): what both writers put in front of data. */
final class CarSection {
  /** The most bytes in front of the data of a block: its length and its CID. */
  static final int MAX_HEAD_BYTES = UnsignedVarint.MAX_LENGTH + Cid.MAX_LENGTH;

  private CarSection() {}

  /** The header of a file with its length in front (CAR-03, CAR-04). */
  static byte[] header(List<Cid> roots) {
    CborWriter header = new CborWriter().writeMap(2).writeText("roots").writeArray(roots.size());
    roots.forEach(header::writeLink);
    header.writeText("version").writeInteger(1);
    byte[] length = UnsignedVarint.encode(header.length());
    byte[] section = Arrays.copyOf(length, length.length + header.length());
    System.arraycopy(header.array(), 0, section, length.length, header.length());
    return section;
  }

  /** Writes what stands in front of a block's data to {@code out}; returns how long it is. */
  static int head(Cid cid, int dataLength, byte[] out) {
    return cid.write(out, UnsignedVarint.encode(cid.length() + (long) dataLength, out, 0));
  }
}
