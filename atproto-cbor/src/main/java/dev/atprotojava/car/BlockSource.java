// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.car;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import org.jspecify.annotations.Nullable;

/** Where blocks are found by their CID: a slice of a repository, or all of one. */
@FunctionalInterface
public interface BlockSource {
  /** The block with this CID, whose hash has been checked, or null if it is not here. */
  @Nullable Bytes find(Cid cid);
}
