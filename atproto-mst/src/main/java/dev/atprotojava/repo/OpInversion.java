// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.repo;

import dev.atprotojava.mst.Mst;
import dev.atprotojava.mst.MstException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Undoes the operations of a commit on the tree after it, which gives the tree before it (MST-53,
 * MST-54, MST-55). Where the root of that is the previous commit's, the operations are all that
 * happened: none was left out and none made up.
 */
public final class OpInversion {
  // MST-54, T-25: undo deletes first, then in the order of paths.
  private static final Comparator<RecordOp> ORDER =
      Comparator.comparing((RecordOp op) -> !(op instanceof RecordOp.Delete))
          .thenComparing(
              RecordOp::path,
              (a, b) ->
                  Arrays.compareUnsigned(
                      a.array(),
                      a.offset(),
                      a.offset() + a.length(),
                      b.array(),
                      b.offset(),
                      b.offset() + b.length()));

  private OpInversion() {}

  /**
   * The tree before the operations. That their CIDs are those of the tree is for the caller to
   * check ({@link Mst#find}), which it must do anyway for the record blocks.
   *
   * @param after the tree after the operations, whole or in part
   * @param ops operations on distinct paths
   * @throws MstException if an operation does not fit the tree, or needs a node that is not there
   */
  public static Mst invert(Mst after, List<RecordOp> ops) {
    List<RecordOp> ordered = ops;
    if (ops.size() > 1) {
      ordered = new ArrayList<>(ops);
      ordered.sort(ORDER);
    }
    Mst tree = after;
    for (RecordOp op : ordered) {
      tree =
          switch (op) {
            case RecordOp.Create create -> tree.delete(create.path());
            case RecordOp.Update update -> tree.update(update.path(), update.prev());
            case RecordOp.Delete delete -> tree.insert(delete.path(), delete.prev());
          };
    }
    return tree;
  }
}
