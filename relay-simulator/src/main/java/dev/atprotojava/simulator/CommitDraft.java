// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import dev.atprotojava.car.CarBlock;
import dev.atprotojava.car.CarWriter;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborWriter;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.crypto.SigningKey;
import dev.atprotojava.repo.RepoCommit;
import dev.atprotojava.sync.RepoOp;
import dev.atprotojava.syntax.AtDatetime;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.Tid;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A true commit before it is told of, with every part of the message open to change. What the
 * commit says (signed) and what the message says (not signed) are apart: {@link #sign} sets the
 * first, the fields the second.
 */
final class CommitDraft {
  final SimulatedCommit truth;
  final List<CarBlock> nodes = new ArrayList<>();
  final List<CarBlock> records;
  List<RepoOp> ops;
  CarBlock commit;
  List<Cid> roots;
  boolean withCommit = true;
  Did did;
  Cid cid;
  Tid rev;
  @Nullable Cid prevData;
  boolean rebase;
  boolean tooBig;
  String time;

  CommitDraft(SimulatedCommit truth) {
    RepoCommit signed = truth.commit();
    this.truth = truth;
    truth
        .tree()
        .proofBlocks(truth.ops().stream().map(op -> op.path()).toList())
        .forEach((nodeCid, block) -> nodes.add(new CarBlock(nodeCid, block)));
    records = new ArrayList<>(truth.records());
    ops = new ArrayList<>(truth.ops().stream().map(SimulatedCommit::wire).toList());
    commit = new CarBlock(signed.cid(), signed.encoded());
    roots = List.of(signed.cid());
    did = signed.did();
    cid = signed.cid();
    rev = signed.rev();
    prevData = truth.prevData();
    time = AtDatetime.format(truth.time());
  }

  /** Makes the commit another one, truly signed, and lets the message name its CID. */
  CommitDraft sign(Did newDid, Tid newRev, Cid newData, SigningKey key) {
    byte[] unsigned = RepoCommit.unsignedBytes(newDid, newRev, newData, null).toByteArray();
    Bytes sig = Bytes.wrap(key.sign(unsigned).toBytes());
    return block(RepoCommit.of(newDid, newRev, newData, null, sig).encoded());
  }

  /** Puts another signature into the commit. */
  CommitDraft signature(byte[] sig) {
    RepoCommit old = truth.commit();
    return block(RepoCommit.of(old.did(), old.rev(), old.data(), null, Bytes.wrap(sig)).encoded());
  }

  /** Takes any bytes for the commit, and lets the message name their CID. */
  CommitDraft block(Bytes newCommit) {
    commit = new CarBlock(Cid.ofDagCbor(newCommit.toByteArray()), newCommit);
    roots = List.of(commit.cid());
    cid = commit.cid();
    return this;
  }

  /** The blocks as a CAR. */
  Bytes blocks() {
    CarWriter car = new CarWriter(roots);
    if (withCommit) {
      car.add(commit);
    }
    nodes.forEach(car::add);
    records.forEach(car::add);
    return car.toBytes();
  }

  FrameBody.Commit toCommit() {
    return toCommit(blocks());
  }

  FrameBody.Commit toCommit(Bytes blocks) {
    return new FrameBody.Commit(
        did, cid, rev, truth.since(), prevData, blocks, ops, rebase, tooBig, time);
  }

  FrameBody.Sync toSync() {
    return toSync(new CarWriter(roots).add(commit).toBytes());
  }

  FrameBody.Sync toSync(Bytes blocks) {
    return new FrameBody.Sync(did, rev, blocks, time);
  }

  /** A map that is like a commit but has its fields as they are written here. */
  static CborWriter fields(CborWriter out, RepoCommit commit, String... names) {
    for (String name : names) {
      out.writeText(name);
      switch (name) {
        case "did" -> out.writeText(commit.did().toString());
        case "rev" -> out.writeText(commit.rev().toString());
        case "sig" -> out.writeBytes(commit.sig());
        case "data" -> out.writeLink(commit.data());
        case "prev" -> out.writeNull();
        case "version" -> out.writeInteger(RepoCommit.VERSION);
        default -> throw new IllegalArgumentException(name);
      }
    }
    return out;
  }
}
