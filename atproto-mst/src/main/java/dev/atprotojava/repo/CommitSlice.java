// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.repo;

import dev.atprotojava.car.BlockIndex;
import dev.atprotojava.car.BlockSource;
import dev.atprotojava.car.CarLimits;
import dev.atprotojava.car.CarReader;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborLimits;
import dev.atprotojava.cbor.CborReader;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.cid.Sha256;
import dev.atprotojava.mst.Mst;
import dev.atprotojava.mst.MstWorkspace;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The blocks that came with a commit (MST-41): a CAR whose root is the commit, with those nodes of
 * the tree and those records that the commit touched. What else is in it is passed over (MST-48).
 *
 * <p>An instance belongs to one worker, which {@link #load}s one slice after another; it keeps the
 * buffers that reading takes. What it hands out shares the bytes of the slice and stays valid. Not
 * thread-safe.
 */
public final class CommitSlice implements BlockSource {
  private final CarReader car;
  private final BlockIndex index;
  private final CborReader cbor = new CborReader(new CborLimits(1 << 20, 16, 1 << 10, 1 << 10));
  private final MstWorkspace workspace;

  /**
   * An instance for one worker.
   *
   * @param sha256 the worker's hash
   * @param random makes the place of a block in the index unpredictable
   */
  public CommitSlice(Sha256 sha256, RandomGenerator random) {
    car = new CarReader(CarLimits.DEFAULT, sha256);
    index = new BlockIndex(random);
    workspace = new MstWorkspace(sha256);
  }

  /**
   * Reads a slice and checks every block against its CID, if that is one that the protocol writes.
   *
   * @throws dev.atprotojava.car.CarException if it is no CAR, or a block is not what its CID says
   */
  public void load(Bytes blocks) {
    index.load(car.reset(blocks));
  }

  /**
   * The number of blocks that were not checked, and are not found: those whose CIDs are not SHA-256
   * of DAG-CBOR or raw bytes. No repository needs one (CID-02, CID-07).
   */
  public int uncheckedBlocks() {
    return index.unchecked();
  }

  /** The first root, which is the commit's CID; null if the CAR has no root. */
  public @Nullable Cid root() {
    return car.roots() == 0 ? null : car.root(0);
  }

  /**
   * The commit, or null if its block is not among the blocks.
   *
   * @throws InvalidCommitException if the block is no commit
   */
  public @Nullable RepoCommit commit() {
    Cid root = root();
    Bytes block = root == null ? null : find(root);
    return block == null ? null : RepoCommit.decode(block, cbor);
  }

  /**
   * The tree under {@code data}, as far as its nodes are here.
   *
   * @throws dev.atprotojava.mst.MstException if what is here is not part of a valid tree
   */
  public Mst tree(Cid data) {
    return Mst.load(data, index, workspace);
  }

  @Override
  public @Nullable Bytes find(Cid cid) {
    return index.find(cid);
  }
}
