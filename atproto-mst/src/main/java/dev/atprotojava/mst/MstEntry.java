// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.mst;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import java.util.Arrays;
import java.util.Comparator;

/**
 * A key of a tree and its value.
 *
 * @param key the bytes of a path, 1 to 1,024
 * @param value the CID of the record
 */
public record MstEntry(Bytes key, Cid value) {
  /** As the tree orders its entries: byte by byte, unsigned (MST-05). */
  public static final Comparator<MstEntry> BY_KEY = (a, b) -> compare(a.key, b.key);

  private static int compare(Bytes a, Bytes b) {
    return Arrays.compareUnsigned(
        a.array(),
        a.offset(),
        a.offset() + a.length(),
        b.array(),
        b.offset(),
        b.offset() + b.length());
  }
}
