// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.repo;

import dev.atprotojava.car.CarBlock;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborException;
import dev.atprotojava.cbor.CborReader;
import dev.atprotojava.cbor.CborType;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.mst.Mst;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.RecordPath;
import dev.atprotojava.syntax.Tid;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A repository that can be written to: whose it is, its newest commit, and the tree under it.
 *
 * <pre>{@code
 * WrittenCommit commit = repo.apply(writes, tids.next(), signer);
 * store(commit.toBlocks()); // has all that is new
 * repo = repo.after(commit);
 * }</pre>
 *
 * <p>The first commit has nothing before it (MST-4A). Immutable, and {@link #apply} changes
 * nothing: a commit counts when its caller has stored it and goes on {@link #after} it. Records are
 * not kept, only their CIDs. The tree may be partial as long as the writes and their neighbours are
 * in it (MST-37, MST-46). Not thread-safe, as trees are not.
 */
public final class RepoWriter {
  private final Did did;
  private final Mst tree;
  private final @Nullable RepoCommit head;
  private final CommitLimits limits;

  private RepoWriter(Did did, Mst tree, @Nullable RepoCommit head, CommitLimits limits) {
    this.did = did;
    this.tree = tree;
    this.head = head;
    this.limits = limits;
  }

  /** A repository without records or commits. */
  public static RepoWriter create(Did did) {
    return create(did, Mst.empty());
  }

  /**
   * A repository without commits whose first one will sign the writes upon a tree, which is empty
   * in most cases.
   */
  public static RepoWriter create(Did did, Mst tree) {
    return new RepoWriter(did, tree, null, CommitLimits.DEFAULT);
  }

  /**
   * A repository as it is after a commit.
   *
   * @param tree the tree that the commit signs, whole or in part
   * @throws IllegalArgumentException if it is another tree
   */
  public static RepoWriter open(RepoCommit head, Mst tree) {
    if (!tree.root().equals(head.data())) {
      throw new IllegalArgumentException("not the tree of the commit");
    }
    return new RepoWriter(head.did(), tree, head, CommitLimits.DEFAULT);
  }

  /** The same with limits of its own. */
  public RepoWriter withLimits(CommitLimits newLimits) {
    return new RepoWriter(did, tree, head, newLimits);
  }

  /** Whose it is. */
  public Did did() {
    return did;
  }

  /** The newest commit, or null before the first. */
  public @Nullable RepoCommit head() {
    return head;
  }

  /** The tree under the newest commit. */
  public Mst tree() {
    return tree;
  }

  /**
   * The repository after a commit that {@link #apply} of this gave.
   *
   * @throws IllegalArgumentException if the commit was made upon another one
   */
  public RepoWriter after(WrittenCommit commit) {
    Tid rev = head == null ? null : head.rev();
    Cid data = head == null ? null : tree.root();
    if (!Objects.equals(rev, commit.since())
        || !Objects.equals(data, commit.prevData())
        || !commit.commit().did().equals(did)) {
      throw new IllegalArgumentException("a commit upon another one");
    }
    return new RepoWriter(did, commit.tree(), commit.commit(), limits);
  }

  /**
   * Makes and signs the commit of some writes. Without writes it is an empty commit, which is legal
   * and which a rotated key needs (MST-49, MST-76). An update that changes nothing leaves no
   * operation (MST-58).
   *
   * @param writes changes of distinct records (MST-51)
   * @param rev the revision, above the one before (MST-75): of a {@link
   *     dev.atprotojava.syntax.TidClock}
   * @param signer signs for the account
   * @throws dev.atprotojava.mst.MstException if a record is there that should not be, or the other
   *     way round (MST-35), or the tree lacks a node
   * @throws IllegalArgumentException if a path is written twice, a record is no map of DAG-CBOR,
   *     the revision is not above the one before, or a limit is passed
   */
  public WrittenCommit apply(List<RecordWrite> writes, Tid rev, CommitSigner signer) {
    requireWithin("writes", writes.size(), limits.ops());
    Tid since = head == null ? null : head.rev();
    if (since != null && rev.compareTo(since) <= 0) {
      throw new IllegalArgumentException("revision not above the one before");
    }
    Mst after = tree;
    List<RecordOp> ops = new ArrayList<>(writes.size());
    List<CarBlock> records = new ArrayList<>(writes.size());
    Set<RecordPath> paths = new HashSet<>();
    for (RecordWrite write : writes) {
      if (!paths.add(write.path())) {
        throw new IllegalArgumentException("two writes of one record");
      }
      Bytes key = key(write.path());
      switch (write) {
        case RecordWrite.Create create -> {
          CarBlock block = block(create.block());
          after = after.insert(key, block.cid());
          ops.add(new RecordOp.Create(key, block.cid()));
          records.add(block);
        }
        case RecordWrite.Update update -> {
          CarBlock block = block(update.block());
          Cid prev = after.require(key);
          if (!prev.equals(block.cid())) {
            after = after.update(key, block.cid());
            ops.add(new RecordOp.Update(key, block.cid(), prev));
            records.add(block);
          }
        }
        case RecordWrite.Delete delete -> {
          Cid prev = after.require(key);
          after = after.delete(key);
          ops.add(new RecordOp.Delete(key, prev));
        }
      }
    }
    Bytes unsigned = RepoCommit.unsignedBytes(did, rev, after.root(), null);
    Bytes sig = Bytes.wrap(signer.sign(unsigned.toByteArray()));
    RepoCommit commit = RepoCommit.of(did, rev, after.root(), null, sig);
    Cid prevData = head == null ? null : tree.root();
    WrittenCommit written = new WrittenCommit(commit, since, prevData, after, ops, records);
    if (limits.blocksBytes() < Integer.MAX_VALUE) {
      requireWithin("bytes of blocks", written.toBlocks().length(), limits.blocksBytes());
    }
    return written;
  }

  private static Bytes key(RecordPath path) {
    return Bytes.wrap(path.toString().getBytes(StandardCharsets.US_ASCII));
  }

  private CarBlock block(Bytes record) {
    requireWithin("bytes of a record", record.length(), limits.recordBytes());
    CborReader in = new CborReader().reset(record);
    try {
      if (in.peek() != CborType.MAP) { // SC-58
        throw new IllegalArgumentException("record that is no map");
      }
      in.skip();
      in.requireEnd();
    } catch (CborException e) {
      throw new IllegalArgumentException("record that is no DAG-CBOR", e);
    }
    return new CarBlock(Cid.ofDagCbor(record.toByteArray()), record);
  }

  private static void requireWithin(String what, int count, int limit) {
    if (count > limit) {
      throw new IllegalArgumentException(count + " " + what + ", limit " + limit);
    }
  }
}
