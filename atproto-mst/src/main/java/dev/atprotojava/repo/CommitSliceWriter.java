// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.repo;

import dev.atprotojava.car.CarBlock;
import dev.atprotojava.car.CarWriter;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.mst.Mst;
import java.util.Collection;
import java.util.List;

/** Makes the blocks that travel with a commit, and no others (MST-43, MST-44, MST-47). */
public final class CommitSliceWriter {
  private CommitSliceWriter() {}

  /**
   * The CAR of a commit: the commit, every node that is new or that undoing the operations needs,
   * in whatever order (MST-42, MST-45, MST-46), and the records that were created or updated
   * (MST-43).
   *
   * @param commit the signed commit
   * @param after the tree it signs
   * @param ops what it did to the tree before
   * @param records the new record blocks
   */
  public static Bytes write(
      RepoCommit commit, Mst after, List<RecordOp> ops, Collection<CarBlock> records) {
    Cid cid = commit.cid();
    CarWriter car = new CarWriter(List.of(cid)).add(cid, commit.encoded());
    after.proofBlocks(ops.stream().map(RecordOp::path).toList()).forEach(car::add);
    records.forEach(car::add);
    return car.toBytes();
  }
}
