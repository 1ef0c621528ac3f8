// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import dev.atprotojava.car.CarBlock;
import dev.atprotojava.car.CarWriter;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.crypto.SigningKey;
import dev.atprotojava.mst.Mst;
import dev.atprotojava.mst.MstWorkspace;
import dev.atprotojava.repo.CommitLimits;
import dev.atprotojava.repo.RecordWrite;
import dev.atprotojava.repo.RepoCommit;
import dev.atprotojava.repo.RepoWriter;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.RecordPath;
import dev.atprotojava.syntax.Tid;
import dev.atprotojava.syntax.TidClock;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A repository as its host keeps it: the records, their tree, and the newest commit.
 *
 * <p>Signatures are deterministic and revisions come from the given clock, so the same writes give
 * the same bytes. Holds about 500 bytes for each record. Not thread-safe.
 */
public final class SimulatedRepo {
  private final InstantSource time;
  private final TidClock tids;
  private final List<Stored> records = new ArrayList<>();
  private RepoWriter writer;
  private @Nullable SimulatedCommit head;

  private record Stored(Bytes path, Bytes block) {}

  /**
   * A repository without records or commits.
   *
   * @param time where revisions come from
   * @param random gives the clock id of the revisions
   * @param workspace may be shared by repositories that one thread uses
   */
  public SimulatedRepo(
      Did did, InstantSource time, RandomGenerator random, MstWorkspace workspace) {
    this.time = time;
    this.tids = new TidClock(time, random);
    this.writer =
        RepoWriter.create(did, Mst.empty(workspace)).withLimits(CommitLimits.NONE); // to forge some
  }

  /** Whose it is. */
  public Did did() {
    return writer.did();
  }

  /** The newest commit, or null before the first. */
  public @Nullable SimulatedCommit head() {
    return head;
  }

  /** The number of records. */
  public int size() {
    return records.size();
  }

  /** The path of a record by its number, 0 to {@link #size} - 1; numbers change with writes. */
  public RecordPath path(int number) {
    Bytes path = records.get(number).path();
    return RecordPath.decode(path.array(), path.offset(), path.length());
  }

  /** Whether there is a record at a path. */
  public boolean contains(RecordPath path) {
    return writer.tree().find(key(path)) != null;
  }

  /** A TID that this repository has not had, for a record key. */
  public Tid nextTid() {
    return tids.next();
  }

  /**
   * Does some writes and signs the result. Without writes it is an empty commit, which is legal.
   *
   * @param writes changes of distinct records
   * @throws dev.atprotojava.mst.MstException if a record is there that should not be, or the other
   *     way round; nothing is changed then
   */
  public SimulatedCommit commit(List<RecordWrite> writes, SigningKey key) {
    SimulatedCommit commit = prepare(writes, key);
    writer = writer.after(commit.written());
    head = commit;
    for (RecordWrite write : writes) {
      store(write);
    }
    return commit;
  }

  /** The commit that these writes would give, without doing them. */
  SimulatedCommit prepare(List<RecordWrite> writes, SigningKey key) {
    return new SimulatedCommit(
        writer.apply(writes, tids.next(), bytes -> key.sign(bytes).toBytes()), time.instant());
  }

  private static Bytes key(RecordPath path) {
    return Bytes.wrap(path.toString().getBytes(StandardCharsets.US_ASCII));
  }

  private static CarBlock block(Bytes data) {
    return new CarBlock(Cid.ofDagCbor(data.toByteArray()), data);
  }

  private void store(RecordWrite write) {
    Bytes path = key(write.path());
    switch (write) {
      case RecordWrite.Create create -> records.add(new Stored(path, create.block()));
      case RecordWrite.Update update -> records.set(find(path), new Stored(path, update.block()));
      case RecordWrite.Delete _ -> {
        int number = find(path);
        Stored last = records.removeLast();
        if (number < records.size()) {
          records.set(number, last);
        }
      }
    }
  }

  private int find(Bytes path) {
    for (int i = records.size() - 1; i >= 0; i--) {
      if (records.get(i).path().equals(path)) {
        return i;
      }
    }
    throw new IllegalStateException("the tree has a record that is not stored");
  }

  /**
   * The whole repository as a CAR: commit, tree, records.
   *
   * @throws IllegalStateException if there is no commit yet
   */
  public Bytes export() {
    SimulatedCommit newest = head;
    if (newest == null) {
      throw new IllegalStateException("no commit");
    }
    RepoCommit commit = newest.commit();
    CarWriter car = new CarWriter(List.of(commit.cid())).add(commit.cid(), commit.encoded());
    writer.tree().blocks().forEach(car::add);
    records.forEach(record -> car.add(block(record.block())));
    return car.toBytes();
  }
}
