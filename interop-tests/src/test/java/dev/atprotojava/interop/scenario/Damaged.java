// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop.scenario;

import dev.atprotojava.car.CarBlock;
import dev.atprotojava.car.CarReader;
import dev.atprotojava.car.CarWriter;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.repo.RepoCommit;
import dev.atprotojava.simulator.FrameBody;
import dev.atprotojava.simulator.SimulatedCommit;
import dev.atprotojava.sync.RepoOp;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.Tid;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A true {@code #commit}, with one part of the message changed. */
record Damaged(FrameBody.Commit commit) {
  static Damaged of(SimulatedCommit commit) {
    return new Damaged(commit.toCommit());
  }

  FrameBody.Commit did(Did did) {
    return make(
        did, commit.commit(), commit.rev(), commit.prevData(), commit.blocks(), commit.ops());
  }

  FrameBody.Commit cid(Cid cid) {
    return make(commit.did(), cid, commit.rev(), commit.prevData(), commit.blocks(), commit.ops());
  }

  FrameBody.Commit rev(Tid rev) {
    return make(
        commit.did(), commit.commit(), rev, commit.prevData(), commit.blocks(), commit.ops());
  }

  FrameBody.Commit prevData(@Nullable Cid prevData) {
    return make(
        commit.did(), commit.commit(), commit.rev(), prevData, commit.blocks(), commit.ops());
  }

  FrameBody.Commit ops(List<RepoOp> ops) {
    return make(
        commit.did(), commit.commit(), commit.rev(), commit.prevData(), commit.blocks(), ops);
  }

  FrameBody.Commit blocks(Bytes blocks) {
    return make(
        commit.did(), commit.commit(), commit.rev(), commit.prevData(), blocks, commit.ops());
  }

  /** Without some of its blocks. */
  FrameBody.Commit without(Predicate<CarBlock> which) {
    CarWriter car = new CarWriter(List.of(commit.commit()));
    CarReader in = new CarReader();
    in.reset(commit.blocks());
    while (in.next()) {
      CarBlock block = new CarBlock(in.cid(), in.data());
      if (!which.test(block)) {
        car.add(block);
      }
    }
    return blocks(car.toBytes());
  }

  /** With another signed commit at its top, of which the message knows. */
  FrameBody.Commit signed(RepoCommit other, Did did) {
    CarWriter car = new CarWriter(List.of(other.cid())).add(other.cid(), other.encoded());
    CarReader in = new CarReader();
    in.reset(commit.blocks());
    while (in.next()) {
      if (!in.cid().equals(commit.commit())) {
        car.add(in.cid(), in.data());
      }
    }
    return make(did, other.cid(), other.rev(), commit.prevData(), car.toBytes(), commit.ops());
  }

  FrameBody.Commit tooBig() {
    return flags(false, true, commit.time());
  }

  FrameBody.Commit rebase() {
    return flags(true, false, commit.time());
  }

  FrameBody.Commit time(String time) {
    return flags(false, false, time);
  }

  private FrameBody.Commit flags(boolean rebase, boolean tooBig, String time) {
    return new FrameBody.Commit(
        commit.did(),
        commit.commit(),
        commit.rev(),
        commit.since(),
        commit.prevData(),
        commit.blocks(),
        commit.ops(),
        rebase,
        tooBig,
        time);
  }

  private FrameBody.Commit make(
      Did did, Cid cid, Tid rev, @Nullable Cid prevData, Bytes blocks, List<RepoOp> ops) {
    return new FrameBody.Commit(
        did, cid, rev, commit.since(), prevData, blocks, ops, false, false, commit.time());
  }
}
