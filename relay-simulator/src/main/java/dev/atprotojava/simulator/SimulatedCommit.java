// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import dev.atprotojava.car.CarBlock;
import dev.atprotojava.car.CarWriter;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.mst.Mst;
import dev.atprotojava.repo.RecordOp;
import dev.atprotojava.repo.RepoCommit;
import dev.atprotojava.repo.WrittenCommit;
import dev.atprotojava.sync.RepoOp;
import dev.atprotojava.syntax.AtDatetime;
import dev.atprotojava.syntax.Tid;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A signed commit and when it was made.
 *
 * @param written the commit, and what its host knows about it
 * @param time when it was made
 */
public record SimulatedCommit(WrittenCommit written, Instant time) {
  /** The signed top. */
  public RepoCommit commit() {
    return written.commit();
  }

  /** The revision before, null for the first commit. */
  public @Nullable Tid since() {
    return written.since();
  }

  /** The root of the tree before, null for the first commit (MST-4A). */
  public @Nullable Cid prevData() {
    return written.prevData();
  }

  /** The tree that it signs. */
  public Mst tree() {
    return written.tree();
  }

  /** What it did to the tree before. */
  public List<RecordOp> ops() {
    return written.ops();
  }

  /** The blocks of the records that it created or updated. */
  public List<CarBlock> records() {
    return written.records();
  }

  /** The {@code #commit} that tells of it. */
  public FrameBody.Commit toCommit() {
    return new FrameBody.Commit(
        commit().did(),
        commit().cid(),
        commit().rev(),
        since(),
        prevData(),
        written.toBlocks(),
        ops().stream().map(SimulatedCommit::wire).toList(),
        false,
        false,
        AtDatetime.format(time));
  }

  /**
   * A {@code #sync} that declares it, whatever was before: a CAR with the commit alone.
   *
   * @param now when the host says so
   */
  public FrameBody.Sync toSync(Instant now) {
    return new FrameBody.Sync(
        commit().did(),
        commit().rev(),
        new CarWriter(List.of(commit().cid())).add(commit().cid(), commit().encoded()).toBytes(),
        AtDatetime.format(now));
  }

  static RepoOp wire(RecordOp op) {
    return switch (op) {
      case RecordOp.Create create ->
          new RepoOp(RepoOp.Action.CREATE, create.path(), create.cid(), null);
      case RecordOp.Update update ->
          new RepoOp(RepoOp.Action.UPDATE, update.path(), update.cid(), update.prev());
      case RecordOp.Delete delete ->
          new RepoOp(RepoOp.Action.DELETE, delete.path(), null, delete.prev());
    };
  }
}
