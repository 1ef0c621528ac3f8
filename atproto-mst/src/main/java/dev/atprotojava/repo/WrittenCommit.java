// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.repo;

import dev.atprotojava.car.CarBlock;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.mst.Mst;
import dev.atprotojava.syntax.Tid;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A commit that was just made, and what its {@code #commit} says besides.
 *
 * @param commit the signed top
 * @param since the revision before, null for the first commit
 * @param prevData the root of the tree before, null for the first commit (MST-4A)
 * @param tree the tree that it signs
 * @param ops what it did to the tree before, in the order of the writes
 * @param records the blocks of the records that it created or updated
 */
public record WrittenCommit(
    RepoCommit commit,
    @Nullable Tid since,
    @Nullable Cid prevData,
    Mst tree,
    List<RecordOp> ops,
    List<CarBlock> records) {
  public WrittenCommit {
    ops = List.copyOf(ops);
    records = List.copyOf(records);
  }

  /**
   * Makes {@code blocks} of the {@code #commit}: a CAR with the commit, all nodes and records that
   * are new, and the nodes that undoing the operations needs (MST-41 to MST-46).
   */
  public Bytes toBlocks() {
    return CommitSliceWriter.write(commit, tree, ops, records);
  }
}
