// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop.scenario;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.crypto.SigningKey;
import dev.atprotojava.interop.scenario.Scenario.Entry;
import dev.atprotojava.mst.MstWorkspace;
import dev.atprotojava.repo.RecordWrite;
import dev.atprotojava.repo.RepoCommit;
import dev.atprotojava.simulator.FrameBody;
import dev.atprotojava.simulator.SimulatedCommit;
import dev.atprotojava.simulator.SimulatedRepo;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.RecordPath;
import dev.atprotojava.syntax.Tid;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.SplittableRandom;

/** An account of a scenario: its keys, and its repository with the frames that tell of it. */
final class ScenarioAccount {
  static final String TIME = "2026-01-01T00:00:00.000Z";

  private final String name;
  private final Did did;
  private final SimulatedRepo repo;
  private SigningKey key;
  private String headKey = "";
  private int keys;
  private int records;

  /** An account whose key, did:web and revisions follow from its name. */
  ScenarioAccount(String name, InstantSource time) {
    this.name = name;
    this.did = Did.parse("did:web:" + name + ".example.com");
    this.key = nextKey();
    this.repo =
        new SimulatedRepo(did, time, new SplittableRandom(name.hashCode()), new MstWorkspace());
  }

  private SigningKey nextKey() {
    byte[] secret = new byte[SigningKey.SECRET_LENGTH];
    secret[5] = (byte) ++keys;
    for (int i = 0; i < name.length() && i < 20; i++) {
      secret[10 + i] = (byte) name.charAt(i);
    }
    return name.length() % 2 == 0 ? SigningKey.parseK256(secret) : SigningKey.parseP256(secret);
  }

  Did did() {
    return did;
  }

  String handle() {
    return name + ".example.org";
  }

  SigningKey key() {
    return key;
  }

  /** Signs with another key from now on. */
  void rotateKey() {
    key = nextKey();
  }

  /** What the directory has of it, if it lives there. */
  Entry on(String host) {
    return new Entry(handle(), key.publicKey().toDidKey(), host);
  }

  /** A commit that creates a record. */
  SimulatedCommit post() {
    return commit(create());
  }

  RecordWrite create() {
    CborValue record = CborValue.map().put("$type", "app.example.note").put("n", ++records).build();
    return new RecordWrite.Create(path(records), record.encode());
  }

  /** A commit that updates the record with a number, from 1. */
  SimulatedCommit edit(int record) {
    CborValue value = CborValue.map().put("$type", "app.example.note").put("n", -record).build();
    return commit(new RecordWrite.Update(path(record), value.encode()));
  }

  /** A commit that deletes the record with a number. */
  SimulatedCommit delete(int record) {
    return commit(new RecordWrite.Delete(path(record)));
  }

  SimulatedCommit commit(RecordWrite... writes) {
    headKey = key.publicKey().toDidKey();
    return repo.commit(List.of(writes), key);
  }

  private static RecordPath path(int record) {
    return RecordPath.parse("app.example.note/n" + record);
  }

  /** The newest commit. */
  SimulatedCommit head() {
    SimulatedCommit head = repo.head();
    if (head == null) {
      throw new IllegalStateException("no commit yet");
    }
    return head;
  }

  /** The key that the newest commit is signed with, as did:key. */
  String headKey() {
    return headKey;
  }

  /** A revision that the repository has not had. */
  Tid nextRev() {
    return repo.nextTid();
  }

  FrameBody.Identity identity() {
    return new FrameBody.Identity(did, handle(), TIME);
  }

  FrameBody.Account active() {
    return new FrameBody.Account(did, true, null, TIME);
  }

  FrameBody.Account inactive(String status) {
    return new FrameBody.Account(did, false, status, TIME);
  }

  FrameBody.Sync sync(Instant now) {
    return head().toSync(now);
  }

  /** A commit of another revision over the newest tree, truly signed. */
  RepoCommit signed(Did as, Tid rev) {
    byte[] unsigned = RepoCommit.unsignedBytes(as, rev, head().commit().data(), null).toByteArray();
    return RepoCommit.of(
        as, rev, head().commit().data(), null, Bytes.wrap(key.sign(unsigned).toBytes()));
  }
}
