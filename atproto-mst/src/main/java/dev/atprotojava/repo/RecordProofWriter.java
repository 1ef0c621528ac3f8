// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.repo;

import dev.atprotojava.car.BlockSource;
import dev.atprotojava.car.CarWriter;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.mst.Mst;
import dev.atprotojava.syntax.RecordPath;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Makes the answers of {@code com.atproto.sync.getRecord}. */
public final class RecordProofWriter {
  private RecordProofWriter() {}

  /**
   * The CAR that proves a record, or that there is none: the commit, the nodes on the way to the
   * path, and the record if the tree has it (SC-95).
   *
   * @param commit the newest commit
   * @param tree the tree that it signs, at least as far as the way to the path
   * @param records where the block of the record is found
   * @throws dev.atprotojava.mst.MstException if a node on the way is not here
   * @throws IllegalArgumentException if the tree is not the commit's, or the record is not here
   */
  public static Bytes write(RepoCommit commit, Mst tree, RecordPath path, BlockSource records) {
    if (!tree.root().equals(commit.data())) {
      throw new IllegalArgumentException("not the tree of the commit");
    }
    Bytes key = Bytes.wrap(path.toString().getBytes(StandardCharsets.US_ASCII));
    Cid cid = commit.cid();
    CarWriter car = new CarWriter(List.of(cid)).add(cid, commit.encoded());
    tree.pathBlocks(key).forEach(car::add);
    Cid value = tree.find(key);
    if (value != null) {
      Bytes record = records.find(value);
      if (record == null) {
        throw new IllegalArgumentException("the block of the record is not here");
      }
      car.add(value, record);
    }
    return car.toBytes();
  }
}
