// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.mst;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import org.jspecify.annotations.Nullable;

/**
 * A key whose value is not the same in two trees.
 *
 * @param key the key
 * @param before the value that it had, null if it was not there
 * @param after the value that it has, null if it is there no more
 */
public record MstChange(Bytes key, @Nullable Cid before, @Nullable Cid after) {
  public MstChange {
    if (before == null ? after == null : before.equals(after)) {
      throw new IllegalArgumentException("a change that changes nothing");
    }
  }
}
