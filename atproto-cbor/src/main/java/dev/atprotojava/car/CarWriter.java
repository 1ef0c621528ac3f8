// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.car;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import java.io.ByteArrayOutputStream;
import java.util.List;

/**
 * Writes a CAR into memory: the header, then each block as it is added. The caller is trusted to
 * pair data with its CID. {@link CarStreamWriter} writes the same to a stream. Not thread-safe.
 */
public final class CarWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final byte[] head = new byte[CarSection.MAX_HEAD_BYTES];

  /** Begins a file with these roots; a repository has one (CAR-05), some answers have none. */
  public CarWriter(List<Cid> roots) {
    out.writeBytes(CarSection.header(roots));
  }

  /** Adds a block. */
  public CarWriter add(CarBlock block) {
    return add(block.cid(), block.data());
  }

  /** Adds a block. */
  public CarWriter add(Cid cid, Bytes data) {
    out.write(head, 0, CarSection.head(cid, data.length(), head));
    out.write(data.array(), data.offset(), data.length());
    return this;
  }

  /** A copy of the file so far. */
  public Bytes toBytes() {
    return Bytes.wrap(out.toByteArray());
  }
}
