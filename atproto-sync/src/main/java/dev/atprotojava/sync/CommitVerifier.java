// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync;

import dev.atprotojava.car.CarException;
import dev.atprotojava.car.CarLimits;
import dev.atprotojava.car.CarReader;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.cid.Sha256;
import dev.atprotojava.crypto.PublicKey;
import dev.atprotojava.mst.Mst;
import dev.atprotojava.mst.MstException;
import dev.atprotojava.repo.CommitSlice;
import dev.atprotojava.repo.InvalidCommitException;
import dev.atprotojava.repo.OpInversion;
import dev.atprotojava.repo.RecordOp;
import dev.atprotojava.repo.RepoCommit;
import dev.atprotojava.sync.CommitVerdict.Accept;
import dev.atprotojava.sync.CommitVerdict.Chain;
import dev.atprotojava.sync.CommitVerdict.Reject;
import dev.atprotojava.sync.RepoEvent.CommitEvent;
import dev.atprotojava.sync.RepoEvent.Sequenced;
import dev.atprotojava.sync.RepoEvent.SyncEvent;
import dev.atprotojava.syntax.AtDatetime;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.RecordPath;
import dev.atprotojava.syntax.Tid;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Judges a {@code #commit} or {@code #sync}: a function of its bytes, the account's key, what is
 * remembered of the repository, and the time.
 *
 * <p>The argument (SC-61): if the tree that we remember was the repository's, and undoing the
 * message's operations on the tree that the new commit signs gives exactly that tree, then the
 * operations are all that happened in between. So no copy of any repository is needed, only the
 * root of its tree.
 *
 * <p>The checks run in this order (SC-50), and the first that fails is the fault: size; form of the
 * message ({@code tooBig}, {@code rebase}, {@code time}); blocks and their hashes; the commit and
 * that it says what the message says; its clock; its signature; operations, records, tree,
 * inversion. Whether the event is too old is a question of its own ({@link #checkStale}), because a
 * relay asks it before it looks up a key. Record blocks are hashed and sized, never decoded: what
 * is wrong inside concerns who reads the record, not who passes it on (SC-58, RL-05).
 *
 * <p>An instance belongs to one worker and keeps the buffers that verification takes. Not
 * thread-safe.
 */
public final class CommitVerifier {
  private final Set<CommitFault> waivable;
  private final Sha256 sha256 = new Sha256();
  private final CommitSlice slice;
  private final CarReader header;
  private final byte[] digest = new byte[Sha256.LENGTH];
  private final EnumSet<CommitFault> waived = EnumSet.noneOf(CommitFault.class);

  private CommitVerifier(Set<CommitFault> waivable, RandomGenerator random) {
    this.waivable = waivable;
    this.slice = new CommitSlice(sha256, random);
    this.header = new CarReader(CarLimits.DEFAULT, sha256);
  }

  /** A verifier that lets nothing pass. */
  public static CommitVerifier strict(RandomGenerator random) {
    return new CommitVerifier(Set.of(), random);
  }

  /** A verifier that lets pass what {@link CommitFault#waivable} says, and tells. */
  public static CommitVerifier lenient(RandomGenerator random) {
    EnumSet<CommitFault> waivable = EnumSet.allOf(CommitFault.class);
    waivable.removeIf(fault -> !fault.waivable());
    return new CommitVerifier(Set.copyOf(waivable), random);
  }

  /**
   * Whether an event comes too late, by what is remembered (SC-55, RL-33, RL-36); null if not. A
   * {@code #sync} may repeat the last revision if it has the same commit.
   */
  public @Nullable CommitFault checkStale(Sequenced event, RepoState last) {
    return switch (event) {
      case CommitEvent commit ->
          commit.rev().compareTo(last.rev()) <= 0 ? CommitFault.STALE_REV : null;
      case SyncEvent sync -> checkStaleSync(sync, last);
      case RepoEvent.IdentityEvent identity -> null;
      case RepoEvent.AccountEvent account -> null;
    };
  }

  private @Nullable CommitFault checkStaleSync(SyncEvent sync, RepoState last) {
    int order = sync.rev().compareTo(last.rev());
    if (order != 0) {
      return order < 0 ? CommitFault.STALE_REV : null;
    }
    try {
      header.reset(sync.blocks());
      return header.roots() > 0 && header.root(0).equals(last.commit())
          ? null
          : CommitFault.SYNC_CONFLICT;
    } catch (CarException e) {
      return CommitFault.CAR_INVALID;
    }
  }

  /** Whether an event has more bytes of blocks than it may; null if not (SC-31). */
  public static @Nullable CommitFault checkSize(Sequenced event) {
    boolean tooLarge =
        switch (event) {
          case CommitEvent commit -> commit.blocks().length() > SyncLimits.COMMIT_BLOCKS_BYTES;
          case SyncEvent sync -> sync.blocks().length() > SyncLimits.SYNC_BLOCKS_BYTES;
          case RepoEvent.IdentityEvent identity -> false;
          case RepoEvent.AccountEvent account -> false;
        };
    return tooLarge ? CommitFault.BLOCKS_TOO_LARGE : null;
  }

  /**
   * Judges a {@code #commit} that is not stale.
   *
   * @param key the account's signing key
   * @param last what is remembered of the repository; null if nothing is
   * @param now the time, for revisions of the future
   */
  public CommitVerdict verify(
      CommitEvent event, PublicKey key, @Nullable RepoState last, Instant now) {
    waived.clear();
    try {
      checkForm(event);
      RepoCommit commit = readCommit(event.blocks(), event.did(), event.rev());
      if (!Objects.equals(slice.root(), event.commit())) {
        throw new Fault(CommitFault.COMMIT_CID_MISMATCH);
      }
      checkClock(commit, now);
      checkSignature(commit, key);
      checkOps(event, commit);
      RepoState next = new RepoState(commit.rev(), commit.data(), event.commit());
      return new Accept(next, chain(event, last), waived);
    } catch (Fault e) {
      return new Reject(e.fault);
    }
  }

  /**
   * Judges a {@code #sync} that is not stale: verified like a commit without operations.
   *
   * @param key the account's signing key
   * @param last what is remembered of the repository; null if nothing is
   * @param now the time, for revisions of the future
   */
  public CommitVerdict verify(
      SyncEvent event, PublicKey key, @Nullable RepoState last, Instant now) {
    waived.clear();
    try {
      check(checkSize(event));
      checkTime(event.time());
      RepoCommit commit = readCommit(event.blocks(), event.did(), event.rev());
      Cid root = slice.root();
      checkClock(commit, now);
      checkSignature(commit, key);
      if (root == null) {
        throw new Fault(CommitFault.CAR_INVALID);
      }
      return new Accept(
          new RepoState(commit.rev(), commit.data(), root), chain(commit, root, last), waived);
    } catch (Fault e) {
      return new Reject(e.fault);
    }
  }

  /**
   * What a lenient verifier forgives in an event that it accepted before. Its clock and its
   * signature were checked then, and are not again.
   */
  public Set<CommitFault> forgiven(Sequenced accepted) {
    waived.clear();
    try {
      switch (accepted) {
        case CommitEvent event -> {
          checkForm(event);
          checkOps(event, readCommit(event.blocks(), event.did(), event.rev()));
        }
        case SyncEvent event -> checkTime(event.time());
        case RepoEvent.IdentityEvent event -> checkTime(event.time());
        case RepoEvent.AccountEvent event -> checkTime(event.time());
      }
    } catch (Fault e) {
      throw new IllegalArgumentException("an event that cannot have been accepted: " + e.fault);
    }
    return Set.copyOf(waived);
  }

  /**
   * A block of the event that was judged last, whatever the verdict: the record of an operation,
   * for whoever applies it. Shares the event's bytes; null if it is not there.
   */
  public @Nullable Bytes findBlock(Cid cid) {
    return slice.find(cid);
  }

  private void checkForm(CommitEvent event) {
    check(checkSize(event));
    if (event.tooBig()) {
      waive(CommitFault.TOO_BIG);
    }
    if (event.rebase()) {
      waive(CommitFault.REBASE);
    }
    checkTime(event.time());
  }

  private void checkTime(Bytes time) {
    if (!AtDatetime.isValid(time.array(), time.offset(), time.length())) {
      waive(CommitFault.BAD_TIME);
    }
  }

  private RepoCommit readCommit(Bytes blocks, Did did, Tid rev) {
    try {
      slice.load(blocks);
    } catch (CarException e) {
      throw new Fault(
          e.reason() == CarException.Reason.HASH_MISMATCH
              ? CommitFault.BLOCK_HASH_MISMATCH
              : CommitFault.CAR_INVALID);
    }
    if (slice.uncheckedBlocks() > 0) { // nobody could check what would travel on
      throw new Fault(CommitFault.BLOCK_HASH_MISMATCH);
    }
    Cid root = slice.root();
    if (root == null) {
      throw new Fault(CommitFault.CAR_INVALID);
    }
    if (!root.isBlessedDagCbor()) { // CID-02: under another name it would be another commit
      throw new Fault(CommitFault.COMMIT_INVALID);
    }
    RepoCommit commit;
    try {
      commit = slice.commit();
    } catch (InvalidCommitException e) {
      throw new Fault(CommitFault.COMMIT_INVALID);
    }
    if (commit == null) {
      throw new Fault(CommitFault.COMMIT_MISSING);
    }
    if (!commit.did().equals(did)) {
      throw new Fault(CommitFault.DID_MISMATCH);
    }
    if (!commit.rev().equals(rev)) {
      throw new Fault(CommitFault.REV_MISMATCH);
    }
    return commit;
  }

  private static void checkClock(RepoCommit commit, Instant now) {
    long limit = ChronoUnit.MICROS.between(Instant.EPOCH, now.plus(SyncLimits.CLOCK_SKEW));
    if (Long.compareUnsigned(commit.rev().value() >>> 10, limit) > 0) {
      throw new Fault(CommitFault.FUTURE_REV);
    }
  }

  private void checkSignature(RepoCommit commit, PublicKey key) {
    commit.digestUnsigned(sha256, digest, 0);
    Bytes sig = commit.sig();
    if (!key.verifyDigest(digest, 0, sig.array(), sig.offset(), sig.length())) {
      throw new Fault(CommitFault.BAD_SIGNATURE);
    }
  }

  private void checkOps(CommitEvent event, RepoCommit commit) {
    List<RecordOp> ops = recordOps(event.ops());
    for (RecordOp op : ops) {
      checkRecord(op);
    }
    Cid before = event.prevData();
    if (event.since() == null) {
      // The first commit of a repository (SC-35): everything was made by it (MST-57, T-27).
      before = before == null ? Mst.EMPTY_ROOT : before;
      if (!before.equals(Mst.EMPTY_ROOT)) {
        waive(CommitFault.INVERSION_FAILED);
      }
    } else if (before == null) {
      waive(CommitFault.PREV_DATA_MISSING);
    }
    checkTree(commit.data(), event.ops(), ops, before);
  }

  private List<RecordOp> recordOps(List<RepoOp> ops) {
    if (ops.isEmpty()) {
      return List.of();
    }
    List<RecordOp> records = new ArrayList<>(ops.size());
    for (RepoOp op : ops) {
      RecordOp record = recordOp(op);
      if (record != null) {
        records.add(record);
      }
    }
    if (ops.size() > 1) {
      Set<Bytes> paths = new HashSet<>();
      for (RepoOp op : ops) {
        if (!paths.add(op.path())) { // MST-51
          throw new Fault(CommitFault.OP_INVALID);
        }
      }
    }
    return records;
  }

  /**
   * The operation if its fields fit (MST-50), null if it has no {@code prev} and that is waived.
   */
  private @Nullable RecordOp recordOp(RepoOp op) {
    Bytes path = op.path();
    if (!RecordPath.isValid(path.array(), path.offset(), path.length())) {
      throw new Fault(CommitFault.OP_INVALID);
    }
    Cid cid = op.cid();
    Cid prev = op.prev();
    boolean deletes = op.action() == RepoOp.Action.DELETE;
    boolean creates = op.action() == RepoOp.Action.CREATE;
    if (op.action() == RepoOp.Action.UNKNOWN
        || deletes != (cid == null)
        || (creates && prev != null)) {
      throw new Fault(CommitFault.OP_INVALID);
    }
    if (creates && cid != null) {
      return new RecordOp.Create(path, cid);
    }
    if (prev == null) {
      waive(CommitFault.PREV_MISSING);
      if (cid != null) {
        checkRecord(cid);
      }
      return null;
    }
    return cid == null ? new RecordOp.Delete(path, prev) : new RecordOp.Update(path, cid, prev);
  }

  private void checkRecord(RecordOp op) {
    switch (op) {
      case RecordOp.Create create -> checkRecord(create.cid());
      case RecordOp.Update update -> checkRecord(update.cid());
      case RecordOp.Delete delete -> {}
    }
  }

  /** Records are hashed and sized, never decoded (RL-05). */
  private void checkRecord(Cid cid) {
    Bytes record = slice.find(cid);
    if (record == null) {
      throw new Fault(CommitFault.RECORD_MISSING);
    }
    if (record.length() > SyncLimits.RECORD_BYTES) {
      throw new Fault(CommitFault.RECORD_TOO_LARGE);
    }
  }

  /**
   * Checks that the tree is as the operations left it (MST-52) and that undoing them gives the tree
   * before. Where that cannot be done, because a lack of {@code prevData} or of a {@code prev} was
   * waived, the rest is checked all the same: the tree that is there must be a valid one.
   *
   * @param stated the operations of the message
   * @param ops those of them that can be undone
   */
  private void checkTree(Cid data, List<RepoOp> stated, List<RecordOp> ops, @Nullable Cid before) {
    if (stated.isEmpty()) { // MST-56: nothing to look up, and the root need not be there
      if (before != null && !data.equals(before)) {
        waive(CommitFault.INVERSION_FAILED);
      }
      return;
    }
    try {
      Mst after = slice.tree(data);
      for (RepoOp op : stated) {
        if (!Objects.equals(after.find(op.path()), op.cid())) {
          waive(CommitFault.INVERSION_FAILED);
          return;
        }
      }
      if (before == null || ops.size() < stated.size()) {
        return;
      }
      Mst inverted = OpInversion.invert(after, ops);
      if (!inverted.root().equals(before)) {
        waive(inverted.isStub() ? CommitFault.NODE_MISSING : CommitFault.INVERSION_FAILED);
      }
    } catch (MstException e) {
      switch (e.reason()) {
        case MISSING_NODE -> waive(CommitFault.NODE_MISSING);
        case KEY_EXISTS, KEY_ABSENT -> waive(CommitFault.INVERSION_FAILED);
        default -> throw new Fault(CommitFault.NODE_INVALID);
      }
    }
  }

  private static Chain chain(CommitEvent event, @Nullable RepoState last) {
    if (last == null) {
      return Chain.FIRST;
    }
    boolean follows =
        Objects.equals(event.since(), last.rev())
            && (event.prevData() == null || last.data().equals(event.prevData()));
    return follows ? Chain.CONTINUES : Chain.BREAKS;
  }

  private static Chain chain(RepoCommit commit, Cid root, @Nullable RepoState last) {
    if (last == null) {
      return Chain.FIRST;
    }
    if (root.equals(last.commit())) {
      return Chain.REPEATS;
    }
    return commit.data().equals(last.data()) ? Chain.CONTINUES : Chain.BREAKS;
  }

  private static void check(@Nullable CommitFault fault) {
    if (fault != null) {
      throw new Fault(fault);
    }
  }

  private void waive(CommitFault fault) {
    if (!waivable.contains(fault)) {
      throw new Fault(fault);
    }
    waived.add(fault);
  }

  /** Leaves the checks; never leaves this class. */
  private static final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1;

    final transient CommitFault fault;

    Fault(CommitFault fault) {
      super(fault.toString(), null, false, false);
      this.fault = fault;
    }
  }
}
