// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.repo;

import dev.atprotojava.car.BlockSource;
import dev.atprotojava.car.CarStreamWriter;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.mst.Mst;
import dev.atprotojava.mst.MstCursor;
import java.io.IOException;
import java.util.List;

/** Makes the answers of {@code com.atproto.sync.getRepo}. */
public final class RepoCarWriter {
  private RepoCarWriter() {}

  /** The roots of a repository's CAR: its commit (CAR-05). */
  public static List<Cid> roots(RepoCommit commit) {
    return List.of(commit.cid());
  }

  /**
   * Writes a whole repository in the order in which it can be read without keeping it (MST-60): the
   * commit, then each node with what is in it from left to right. A record that two paths share
   * comes twice (MST-62).
   *
   * @param commit the newest commit
   * @param tree the whole tree that it signs
   * @param records where the blocks of the records are found
   * @param out a CAR with these {@link #roots}; not closed
   * @throws dev.atprotojava.mst.MstException if the tree is partial
   * @throws IllegalArgumentException if the tree is not the commit's, or a record is not there;
   *     what was written is of no use then
   */
  public static void write(RepoCommit commit, Mst tree, BlockSource records, CarStreamWriter out)
      throws IOException {
    if (!tree.root().equals(commit.data())) {
      throw new IllegalArgumentException("not the tree of the commit");
    }
    out.add(commit.cid(), commit.encoded());
    if (tree.isEmpty()) {
      for (var node : tree.blocks().entrySet()) {
        out.add(node.getKey(), node.getValue());
      }
    }
    MstCursor cursor = MstCursor.ofTree(tree);
    while (cursor.next()) {
      if (cursor.atNode()) {
        out.add(cursor.cid(), cursor.block());
        cursor.enter();
      } else {
        Bytes record = records.find(cursor.cid());
        if (record == null) {
          throw new IllegalArgumentException("the block of a record is not there");
        }
        out.add(cursor.cid(), record);
      }
    }
  }
}
