// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.car;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborWriter;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.multiformats.UnsignedVarint;
import java.io.ByteArrayOutputStream;
import java.util.List;

/**
 * Writes a CAR into memory: the header, then each block as it is added. The caller is trusted to
 * pair data with its CID. Not thread-safe.
 */
public final class CarWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** Begins a file with these roots; a repository has one (CAR-05), some answers have none. */
  public CarWriter(List<Cid> roots) {
    CborWriter header = new CborWriter().writeMap(2).writeText("roots").writeArray(roots.size());
    roots.forEach(header::writeLink);
    header.writeText("version").writeInteger(1);
    out.writeBytes(UnsignedVarint.encode(header.length()));
    out.write(header.array(), 0, header.length());
  }

  /** Adds a block. */
  public CarWriter add(CarBlock block) {
    return add(block.cid(), block.data());
  }

  /** Adds a block. */
  public CarWriter add(Cid cid, Bytes data) {
    out.writeBytes(UnsignedVarint.encode(cid.length() + (long) data.length()));
    out.writeBytes(cid.toByteArray());
    out.write(data.array(), data.offset(), data.length());
    return this;
  }

  /** A copy of the file so far. */
  public Bytes toBytes() {
    return Bytes.wrap(out.toByteArray());
  }
}
