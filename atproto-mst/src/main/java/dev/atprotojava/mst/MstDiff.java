// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.mst;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is different between two trees (MST-40).
 *
 * @param changes the keys that were created, updated or deleted, in their order
 * @param addedNodes the blocks of the nodes that only the later tree has, parents first
 * @param removedNodes the nodes that only the earlier tree has, parents first
 */
public record MstDiff(List<MstChange> changes, Map<Cid, Bytes> addedNodes, Set<Cid> removedNodes) {
  public MstDiff {
    changes = List.copyOf(changes);
    addedNodes = Collections.unmodifiableMap(new LinkedHashMap<>(addedNodes));
    removedNodes = Collections.unmodifiableSet(new LinkedHashSet<>(removedNodes));
  }

  /**
   * The difference of two trees. Subtrees with equal CIDs are passed over unread, so it costs what
   * the difference is long, not what the trees are large; and the trees may be partial, as long as
   * what is missing is equal.
   *
   * @throws MstException if a node that is missing may be different (MST-37)
   */
  public static MstDiff between(Mst before, Mst after) {
    return new DiffWalk(before, after).walk();
  }

  /** True if the trees are equal. */
  public boolean isEmpty() {
    return changes.isEmpty();
  }
}
