// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.mst;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.syntax.Nsid;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A part of the keys of a tree, in the order that the tree has (MST-05).
 *
 * @param from the least key, included; no bytes for the least of all
 * @param to the first key behind, not included; null if there is none
 */
public record KeyRange(Bytes from, @Nullable Bytes to) {
  /** Every key. */
  public static final KeyRange ALL = new KeyRange(Bytes.EMPTY, null);

  /** The keys from one on. */
  public static KeyRange from(Bytes key) {
    return new KeyRange(key, null);
  }

  /** The keys that begin with some bytes. */
  public static KeyRange ofPrefix(Bytes prefix) {
    byte[] next = prefix.toByteArray();
    int length = next.length;
    while (length > 0 && next[length - 1] == (byte) 0xff) {
      length--; // nothing of this length is greater
    }
    if (length == 0) {
      return new KeyRange(prefix, null);
    }
    next[length - 1]++;
    return new KeyRange(prefix, Bytes.wrap(Arrays.copyOf(next, length)));
  }

  /** The paths of a collection's records (MST-02). */
  public static KeyRange ofCollection(Nsid collection) {
    return ofPrefix(Bytes.wrap((collection + "/").getBytes(StandardCharsets.US_ASCII)));
  }
}
