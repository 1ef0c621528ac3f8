// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync;

import static dev.atprotojava.sync.Messages.text;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.cbor.CborValue.BytesValue;
import dev.atprotojava.cbor.CborValue.LinkValue;
import dev.atprotojava.cbor.CborValue.NullValue;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.crypto.SigningKey;
import dev.atprotojava.mst.Mst;
import dev.atprotojava.sync.CommitVerdict.Accept;
import dev.atprotojava.sync.CommitVerdict.Chain;
import dev.atprotojava.sync.CommitVerdict.Reject;
import dev.atprotojava.sync.RepoEvent.CommitEvent;
import dev.atprotojava.syntax.Tid;
import dev.atprotojava.testing.Gen;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What passes, and how it follows what is known; {@link CommitFaultTest} has what does not pass.
 */
class CommitVerifierTest {
  private static final String A = "com.example.record/a";
  private static final String B = "com.example.record/b";
  private static final String C = "com.example.record/c";

  private final CommitVerifier verifier = CommitVerifier.strict(new SplittableRandom(1));

  private CommitVerdict judge(CommitDraft draft, @Nullable RepoState last) {
    return judge(draft, last, SampleRepo.NOW);
  }

  private CommitVerdict judge(CommitDraft draft, @Nullable RepoState last, Instant now) {
    return verifier.verify(draft.commitEvent(), draft.key.publicKey(), last, now);
  }

  private CommitVerdict judgeSync(CommitDraft draft, @Nullable RepoState last) {
    return verifier.verify(draft.syncEvent(), draft.key.publicKey(), last, SampleRepo.NOW);
  }

  private static Accept accept(CommitDraft draft, Chain chain) {
    return new Accept(draft.state(), chain, Set.of());
  }

  /** A repository of many records on several levels, and what a relay remembers of it. */
  private static SampleRepo large() {
    SampleRepo repo = new SampleRepo();
    for (int i = 0; i < 200; i++) {
      repo.put("com.example.record/" + i, "record " + i);
    }
    repo.commit();
    return repo;
  }

  // What a PDS sends for a new account: an empty commit, then a statement of that same commit.
  @Test
  void newAccount_isFirstThenRepeatsThenContinues() {
    SampleRepo repo = new SampleRepo();
    CommitDraft first = repo.commit();
    assertThat(first.message).doesNotContainKey("prevData");
    assertThat(first.message.get("since")).isEqualTo(new NullValue());
    assertThat(judge(first, null)).isEqualTo(accept(first, Chain.FIRST));
    RepoState known = repo.state();
    CommitDraft sync = repo.sync();
    assertThat(verifier.checkStale(sync.syncEvent(), known)).isNull();
    assertThat(judgeSync(sync, known)).isEqualTo(accept(first, Chain.REPEATS));
    CommitDraft second = repo.put(A, "hi").commit();
    assertThat(verifier.checkStale(second.commitEvent(), known)).isNull();
    assertThat(judge(second, known)).isEqualTo(accept(second, Chain.CONTINUES));
  }

  // Whoever applies the operations takes the records from here; another one's would be stored.
  @Test
  void findBlock_isTheRecordOfAnOperation() {
    SampleRepo repo = new SampleRepo();
    CommitDraft draft = repo.put(A, "hi").commit();
    judge(draft, null);
    Cid record = requireNonNull(draft.commitEvent().ops().getFirst().cid());
    assertThat(requireNonNull(verifier.findBlock(record)).toByteArray())
        .satisfies(block -> assertThat(Cid.ofDagCbor(block)).isEqualTo(record));
    judge(repo.put(B, "ho").commit(), null);
    assertThat(verifier.findBlock(record)).isNull();
  }

  // Every kind of change, alone and together, on a tree of several levels.
  @Test
  void changes_continueWhatIsKnown() {
    Gen.forAll(
        60,
        gen -> {
          SampleRepo repo = large();
          for (int commit = 0; commit < 5; commit++) {
            RepoState known = repo.state();
            List<Integer> numbers = new ArrayList<>();
            for (int i = 0; i < 250; i++) {
              numbers.add(i);
            }
            Collections.shuffle(numbers, new Random(gen.nextLong()));
            for (int number : numbers.subList(0, gen.between(1, 1 + gen.size() / 5))) {
              String path = "com.example.record/" + number;
              boolean there = repo.tree().find(SampleRepo.path(path)) != null;
              if (there && gen.oneIn(2)) {
                repo.delete(path);
              } else {
                repo.put(path, "record " + gen.nextInt(1000));
              }
            }
            CommitDraft draft = repo.commit();
            assertThat(judge(draft, known)).isEqualTo(accept(draft, Chain.CONTINUES));
            assertThat(judge(draft, null)).isEqualTo(accept(draft, Chain.FIRST));
          }
        });
  }

  @Test
  void key_mayBeOnEitherCurve() {
    byte[] secret = new byte[32];
    secret[31] = 9;
    SampleRepo repo = new SampleRepo(SigningKey.parseP256(secret));
    CommitDraft first = repo.put(A, "hi").commit();
    assertThat(judge(first, null)).isEqualTo(accept(first, Chain.FIRST));
  }

  // MST-57: a first commit may bring records, if they are all there is.
  @Test
  void firstCommit_mayHaveRecords() {
    CommitDraft first = new SampleRepo().put(A, "1").put(B, "2").commit();
    assertThat(judge(first, null)).isEqualTo(accept(first, Chain.FIRST));
    // T-27: some hosts say what was before, and it is nothing
    first.with("prevData", new LinkValue(Mst.EMPTY_ROOT));
    assertThat(judge(first, null)).isEqualTo(accept(first, Chain.FIRST));
    first.with("prevData", new NullValue());
    assertThat(judge(first, null)).isEqualTo(accept(first, Chain.FIRST));
  }

  // Design 6: an account that begins anew is a break, not a lie, if it does begin at nothing.
  @Test
  void firstCommit_ofAKnownAccountBreaks() {
    SampleRepo old = large();
    CommitDraft first =
        new SampleRepo().at(Tid.of(old.state().rev().value() + 5)).put(A, "1").commit();
    assertThat(judge(first, old.state())).isEqualTo(accept(first, Chain.BREAKS));
    CommitDraft lie = large().at(Tid.of(old.state().rev().value() + 9)).put(A, "1").commit();
    lie.with("since", new NullValue()).with("prevData", null);
    assertThat(judge(lie, old.state())).isEqualTo(new Reject(CommitFault.INVERSION_FAILED));
  }

  // T-27, where design 6 is stricter: without `since` there was nothing before, whatever `prevData`
  // says and though it may well be true.
  @Test
  void firstCommit_mayNotHaveDataBefore() {
    SampleRepo repo = large();
    CommitDraft draft = repo.put(A, "1").commit().with("since", new NullValue());
    assertThat(judge(draft, null)).isEqualTo(new Reject(CommitFault.INVERSION_FAILED));
    CommitVerifier lenient = CommitVerifier.lenient(new SplittableRandom(2));
    assertThat(
            lenient.verify(draft.commitEvent(), SampleRepo.KEY.publicKey(), null, SampleRepo.NOW))
        .isEqualTo(new Accept(draft.state(), Chain.FIRST, Set.of(CommitFault.INVERSION_FAILED)));
  }

  // MST-49, MST-56, RL-40: a commit that changes nothing, with its root or without.
  @Test
  void emptyCommit_needsNoNode() {
    SampleRepo repo = large();
    RepoState known = repo.state();
    CommitDraft empty = repo.commit();
    assertThat(empty.blocks).hasSize(1);
    assertThat(judge(empty, known)).isEqualTo(accept(empty, Chain.CONTINUES));
    empty.blocks.clear();
    assertThat(judge(empty, known)).isEqualTo(accept(empty, Chain.CONTINUES));
    empty.with("prevData", new LinkValue(Mst.EMPTY_ROOT));
    assertThat(judge(empty, known)).isEqualTo(new Reject(CommitFault.INVERSION_FAILED));
    empty.with("prevData", null);
    assertThat(judge(empty, known)).isEqualTo(new Reject(CommitFault.PREV_DATA_MISSING));
  }

  // MST-56 at the other end: nothing was made, so there must be nothing.
  @Test
  void emptyCommit_ofAnUnknownRepositoryMustBeEmpty() {
    CommitDraft lie = large().commit().with("since", new NullValue()).with("prevData", null);
    assertThat(judge(lie, null)).isEqualTo(new Reject(CommitFault.INVERSION_FAILED));
  }

  @Test
  void lastRecord_mayGo() {
    SampleRepo repo = new SampleRepo();
    repo.put(A, "1").put(B, "2").put(C, "3").commit();
    RepoState known = repo.state();
    CommitDraft emptied = repo.delete(A).delete(B).delete(C).commit();
    assertThat(emptied.state().data()).isEqualTo(Mst.EMPTY_ROOT);
    assertThat(judge(emptied, known)).isEqualTo(accept(emptied, Chain.CONTINUES));
    // and the empty node need not be sent: everybody knows it
    emptied.blocks.clear();
    assertThat(judge(emptied, known)).isEqualTo(accept(emptied, Chain.CONTINUES));
  }

  // MST-58, T-28
  @Test
  void update_mayChangeNothing() {
    SampleRepo repo = large();
    RepoState known = repo.state();
    CommitDraft same = repo.put("com.example.record/7", "record 7").commit();
    assertThat(same.op(0).get("prev")).isEqualTo(same.op(0).get("cid"));
    assertThat(judge(same, known)).isEqualTo(accept(same, Chain.CONTINUES));
  }

  // MST-43, T-37: the block of a moved record travels, though everybody has it already.
  @Test
  void movedRecord_needsItsBlock() {
    SampleRepo repo = large();
    RepoState known = repo.state();
    CommitDraft moved = repo.delete("com.example.record/7").put(A, "record 7").commit();
    assertThat(moved.op(1).get("cid")).isEqualTo(moved.op(0).get("prev"));
    assertThat(judge(moved, known)).isEqualTo(accept(moved, Chain.CONTINUES));
    moved.blocks.remove(Messages.link(moved.op(1), "cid"));
    assertThat(judge(moved, known)).isEqualTo(new Reject(CommitFault.RECORD_MISSING));
  }

  // MST-48, CAR-05, CAR-09, CAR-14: blocks in any order, twice, or unasked for; roots unasked for.
  @Test
  void slice_mayHaveMoreThanIsNeeded() {
    SampleRepo repo = large();
    RepoState known = repo.state();
    CommitDraft draft = repo.put(A, "1").commit();
    Map<Cid, Bytes> blocks = new LinkedHashMap<>();
    blocks.put(Cid.ofRaw(new byte[] {1}), Bytes.wrap(new byte[] {1}));
    blocks.put(Cid.ofDagCbor(new byte[] {(byte) 0xff}), Bytes.wrap(new byte[] {(byte) 0xff}));
    repo.tree().blocks().forEach(blocks::put);
    List<Cid> reversed = new ArrayList<>(draft.allBlocks().keySet()).reversed();
    reversed.forEach(cid -> blocks.put(cid, draft.allBlocks().getOrDefault(cid, Bytes.EMPTY)));
    Bytes twice =
        Messages.join(
            CommitDraft.car(List.of(draft.commitCid(), Mst.EMPTY_ROOT), blocks),
            carWithoutHeader(draft.slice()));
    assertThat(judge(draft.copy().with("blocks", new BytesValue(twice)), known))
        .isEqualTo(accept(draft, Chain.CONTINUES));
  }

  private static Bytes carWithoutHeader(Bytes car) {
    return car.slice(59, car.length() - 59); // one root
  }

  // RL-05: what is in a record is nobody's business here, not even whether it can be decoded.
  @Test
  void record_isNotDecoded() {
    CommitDraft draft = new SampleRepo().put(A, "1").commit();
    Bytes noCbor = Bytes.wrap(new byte[] {(byte) 0xff, 1, 2});
    Cid cid = Cid.ofDagCbor(noCbor.toByteArray());
    Mst tree = Mst.empty().insert(SampleRepo.path(A), cid);
    draft.blocks.clear();
    draft.blocks.putAll(tree.blocks());
    draft.blocks.put(cid, noCbor);
    draft.withOp(0, "cid", new LinkValue(cid)).withSigned("data", new LinkValue(tree.root()));
    assertThat(judge(draft, null)).isEqualTo(accept(draft, Chain.FIRST));
  }

  // SC-31: the limits are what may just be.
  @Test
  void sizes_mayReachTheirLimits() {
    SampleRepo repo = new SampleRepo();
    int overhead = SampleRepo.record("").length() + 4; // the head of a text of 2^16 bytes is 5
    CommitDraft record = repo.put(A, "x".repeat(SyncLimits.RECORD_BYTES - overhead)).commit();
    assertThat(record.blocks.values()).anyMatch(block -> block.length() == 1 << 20);
    assertThat(judge(record, null)).isEqualTo(accept(record, Chain.FIRST));
    pad(record, SyncLimits.COMMIT_BLOCKS_BYTES);
    assertThat(record.commitEvent().blocks().length()).isEqualTo(2_000_000);
    assertThat(judge(record, null)).isEqualTo(accept(record, Chain.FIRST));
    CommitDraft sync = pad(repo.sync(), SyncLimits.SYNC_BLOCKS_BYTES);
    assertThat(sync.syncEvent().blocks().length()).isEqualTo(10_000);
    assertThat(judgeSync(sync, null)).isEqualTo(accept(sync, Chain.FIRST));
  }

  /** Adds a block that nobody needs, so that the slice has exactly this many bytes. */
  static CommitDraft pad(CommitDraft draft, int sliceBytes) {
    int missing = sliceBytes - draft.slice().length() - Cid.BLESSED_LENGTH;
    int head = missing < 1 << 14 ? 2 : 3;
    byte[] block = new byte[missing - head];
    draft.blocks.put(Cid.ofRaw(block), Bytes.wrap(block));
    return draft;
  }

  // T-09, MST-73: others drop such a field before they verify, and refuse what was signed with it.
  @Test
  void commit_mayHaveMoreFieldsThatAreSigned() {
    SampleRepo repo = large();
    RepoState known = repo.state();
    CommitDraft draft = repo.put(A, "1").commit();
    draft.withSigned("extension", text("x")).withSigned("a", new NullValue());
    assertThat(judge(draft, known)).isEqualTo(accept(draft, Chain.CONTINUES));
    for (int i = 0; i < 30; i++) { // the head of the signed map becomes longer
      draft.withSigned("extension" + i, Messages.integer(i));
    }
    assertThat(judge(draft, known)).isEqualTo(accept(draft, Chain.CONTINUES));
    // not signed: somebody put it there afterwards
    CommitDraft forged = repo.put(B, "1").commit();
    CborValue sig = ((CborValue.MapValue) CborValue.decode(forged.commitBlock())).find("sig");
    assertThat(sig).isNotNull();
    forged.withSigned("sig", sig).withSigned("extension", text("x"));
    assertThat(judge(forged, known)).isEqualTo(new Reject(CommitFault.BAD_SIGNATURE));
  }

  // MST-71, T-30: bridges state the commit before.
  @Test
  void commit_mayStateTheOneBefore() {
    CommitDraft draft = new SampleRepo().commit();
    draft.withSigned("prev", new LinkValue(draft.commitCid()));
    assertThat(judge(draft, null)).isEqualTo(accept(draft, Chain.FIRST));
  }

  // SC-57
  @Test
  void rev_mayBeFiveMinutesAhead() {
    Instant now = SampleRepo.NOW;
    long limit = now.plus(Duration.ofMinutes(5)).toEpochMilli() * 1000;
    CommitDraft atLimit = new SampleRepo().at(Tid.ofMicros(limit, 1023)).commit();
    assertThat(judge(atLimit, null, now)).isEqualTo(accept(atLimit, Chain.FIRST));
    CommitDraft ahead = new SampleRepo().at(Tid.ofMicros(limit + 1, 0)).commit();
    assertThat(judge(ahead, null, now)).isEqualTo(new Reject(CommitFault.FUTURE_REV));
    assertThat(judge(ahead, null, now.plusNanos(1000))).isEqualTo(accept(ahead, Chain.FIRST));
  }

  // SY-10: taken as signed, these would be the oldest of all.
  @Test
  void rev_withTheTopBitIsOfTheFuture() {
    for (String rev : List.of("c222222222222", "jzzzzzzzzzzzz")) {
      CommitDraft draft = new SampleRepo().at(Tid.parse(rev)).commit();
      assertThat(judge(draft, null)).isEqualTo(new Reject(CommitFault.FUTURE_REV));
      assertThat(verifier.checkStale(draft.commitEvent(), new SampleRepo().commit().state()))
          .isNull();
      assertThat(verifier.checkStale(new SampleRepo().commit().commitEvent(), draft.state()))
          .isEqualTo(CommitFault.STALE_REV);
    }
  }

  // T-38: old repositories have revisions that are no times.
  @Test
  void rev_mayBeOld() {
    for (String rev : List.of("2222222222222", "222222d7n7i22")) {
      CommitDraft draft = new SampleRepo().at(Tid.parse(rev)).commit();
      assertThat(judge(draft, null)).isEqualTo(accept(draft, Chain.FIRST));
    }
  }

  // SC-60, RL-32, T-70, T-69: the commit is true; what was between is for a consumer to fetch.
  @Test
  void chain_breaksWhereSinceOrDataIsAnother() {
    SampleRepo repo = large();
    RepoState known = repo.state();
    CommitDraft draft = repo.put(A, "1").commit();
    Tid otherRev = Tid.of(known.rev().value() - 1);
    RepoState sinceUnlike = new RepoState(otherRev, known.data(), known.commit());
    assertThat(judge(draft, sinceUnlike)).isEqualTo(accept(draft, Chain.BREAKS));
    RepoState dataUnlike = new RepoState(known.rev(), Mst.EMPTY_ROOT, known.commit());
    assertThat(judge(draft, dataUnlike)).isEqualTo(accept(draft, Chain.BREAKS));
    RepoState commitUnlike = new RepoState(known.rev(), known.data(), Mst.EMPTY_ROOT);
    assertThat(judge(draft, commitUnlike)).isEqualTo(accept(draft, Chain.CONTINUES));
    // one commit was lost
    CommitDraft next = repo.put(B, "2").commit();
    assertThat(judge(next, known)).isEqualTo(accept(next, Chain.BREAKS));
    // and a message may lie about `since`, which nothing binds, without more harm than this
    draft.with("since", text(otherRev.toString()));
    assertThat(judge(draft, known)).isEqualTo(accept(draft, Chain.BREAKS));
  }

  // SC-62, RL-36
  @Test
  void sync_saysHowItFollows() {
    SampleRepo repo = large();
    RepoState known = repo.state();
    assertThat(judgeSync(repo.sync(), null)).isEqualTo(accept(repo.sync(), Chain.FIRST));
    assertThat(judgeSync(repo.sync(), known)).isEqualTo(accept(repo.sync(), Chain.REPEATS));
    repo.commit(); // MST-76: only the key or the host is another
    assertThat(judgeSync(repo.sync(), known)).isEqualTo(accept(repo.sync(), Chain.CONTINUES));
    repo.put(A, "1").commit();
    assertThat(judgeSync(repo.sync(), known)).isEqualTo(accept(repo.sync(), Chain.BREAKS));
  }

  // SC-55, RL-33, RL-36, T-39, T-66, T-67
  @Test
  void stale_isWhatIsNotAboveTheLastRevision() {
    SampleRepo repo = new SampleRepo();
    CommitDraft first = repo.commit();
    CommitDraft firstSync = repo.sync();
    RepoState known = repo.state();
    CommitDraft second = repo.put(A, "1").commit();
    CommitDraft secondSync = repo.sync();
    assertThat(verifier.checkStale(first.commitEvent(), known)).isEqualTo(CommitFault.STALE_REV);
    assertThat(verifier.checkStale(second.commitEvent(), known)).isNull();
    assertThat(verifier.checkStale(firstSync.syncEvent(), known)).isNull();
    assertThat(verifier.checkStale(secondSync.syncEvent(), known)).isNull();
    assertThat(verifier.checkStale(firstSync.syncEvent(), repo.state()))
        .isEqualTo(CommitFault.STALE_REV);
    // two commits with one revision: the second is a fork
    CommitDraft fork = new SampleRepo().put(B, "1").commit();
    assertThat(fork.state().rev()).isEqualTo(known.rev());
    assertThat(verifier.checkStale(fork.commitEvent(), known)).isEqualTo(CommitFault.STALE_REV);
    firstSync.with("blocks", new BytesValue(fork.slice()));
    assertThat(verifier.checkStale(firstSync.syncEvent(), known))
        .isEqualTo(CommitFault.SYNC_CONFLICT);
    firstSync.with("blocks", new BytesValue(CommitDraft.car(List.of(), Map.of())));
    assertThat(verifier.checkStale(firstSync.syncEvent(), known))
        .isEqualTo(CommitFault.SYNC_CONFLICT);
    firstSync.with("blocks", new BytesValue(Bytes.fromHex("00")));
    assertThat(verifier.checkStale(firstSync.syncEvent(), known))
        .isEqualTo(CommitFault.CAR_INVALID);
  }

  // An event that names no commit is none of this verifier's business.
  @Test
  void stale_isNoIdentityAndNoAccount() {
    RepoState known = new SampleRepo().commit().state();
    for (String type : List.of("#identity", "#account")) {
      RepoEvent.Sequenced event =
          (RepoEvent.Sequenced) Messages.event(Messages.frame(type, Messages.fields(type)));
      assertThat(verifier.checkStale(event, known)).isNull();
      assertThat(CommitVerifier.checkSize(event)).isNull();
    }
  }

  // A worker judges the events of all accounts with one verifier.
  @Test
  void verifier_keepsNothingOfTheEventBefore() {
    CommitVerifier lenient = CommitVerifier.lenient(new SplittableRandom(2));
    SampleRepo repo = large();
    RepoState known = repo.state();
    CommitDraft good = repo.put(A, "1").commit();
    CommitEvent waived = good.copy().with("prevData", null).commitEvent();
    CommitEvent refused = good.copy().with("rev", text("3jzfcijpj2z2a")).commitEvent();
    CommitEvent damaged =
        good.copy()
            .with("blocks", new BytesValue(good.slice().slice(0, good.slice().length() - 1)))
            .commitEvent();
    for (CommitEvent before : List.of(waived, refused, damaged)) {
      lenient.verify(before, SampleRepo.KEY.publicKey(), known, SampleRepo.NOW);
      assertThat(
              lenient.verify(good.commitEvent(), SampleRepo.KEY.publicKey(), known, SampleRepo.NOW))
          .isEqualTo(accept(good, Chain.CONTINUES));
    }
  }

  // MST-22, CB-02: the number is the same, the bytes are not those that others would sign.
  @Test
  void commit_mustBeCanonical() {
    CommitDraft draft = new SampleRepo().commit();
    byte[] block = draft.commitBlock().toByteArray();
    byte[] longer = Arrays.copyOf(block, block.length + 1);
    longer[block.length - 1] = 0x18; // version, the last field
    longer[block.length] = 3;
    Cid cid = Cid.ofDagCbor(longer);
    Map<Cid, Bytes> blocks = new LinkedHashMap<>(draft.blocks);
    blocks.put(cid, Bytes.wrap(longer));
    draft.with("blocks", new BytesValue(CommitDraft.car(List.of(cid), blocks)));
    draft.with("commit", new LinkValue(cid));
    assertThat(judge(draft, null)).isEqualTo(new Reject(CommitFault.COMMIT_INVALID));
  }
}
