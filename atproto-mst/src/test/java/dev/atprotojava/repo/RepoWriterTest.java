// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.repo;

import static dev.atprotojava.repo.Repos.DID;
import static dev.atprotojava.repo.Repos.PUBLIC;
import static dev.atprotojava.repo.Repos.SIGNER;
import static dev.atprotojava.repo.Repos.UNSIGNED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.cid.Sha256;
import dev.atprotojava.mst.Mst;
import dev.atprotojava.mst.MstException;
import dev.atprotojava.repo.Repos.Host;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.RecordPath;
import dev.atprotojava.syntax.Tid;
import dev.atprotojava.testing.Gen;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Commits as a host makes them, against the golden values of spec.md 2.9 and a model. */
class RepoWriterTest {
  private static final RecordPath PATH = RecordPath.parse("com.example.record/3jqfcqzm3fo2j");
  private static final Tid REV = Tid.parse("3jzfcijpj2z2a");
  private static final Tid NEXT = Tid.parse("3jzfcijpj2z2b");
  private static final Bytes RECORD = Repos.record("hello");

  // MST-41, MST-4A, MST-72: the first and second commit of spec.md 2.9, byte for byte.
  @Test
  void apply_givesTheGoldenCommits() throws NoSuchAlgorithmException {
    // MST-4A: the first commit has nothing before it.
    RepoWriter repo = RepoWriter.create(DID);
    WrittenCommit genesis = repo.apply(List.of(), REV, SIGNER);
    assertThat(genesis.commit().cid())
        .hasToString("bafyreia5bzzhpdb6ecnhxpkhd23xhn4yejhz2iobrjcfkzd6u3me6ozvw4");
    assertThat(genesis.since()).isNull();
    assertThat(genesis.prevData()).isNull();
    assertThat(genesis.toBlocks().length()).isEqualTo(329);
    assertThat(sha256(genesis.toBlocks()))
        .isEqualTo("dd2810fb9e008811a1c1cc6a0739ecf1a6183d9492f1356f23c9584546094eae");

    repo = repo.after(genesis);
    WrittenCommit second =
        repo.apply(List.of(new RecordWrite.Create(PATH, GOLDEN_RECORD)), NEXT, SIGNER);
    assertThat(second.commit().data())
        .hasToString("bafyreigcujf24n3llrksrc5w4emfldbkescxa37iwkucptittvf4zxitse");
    assertThat(second.commit().cid())
        .hasToString("bafyreighel2ai6eb46um77kkr4ma5hexipb2yhs2szkzdxoflc6ce2nhne");
    assertThat(second.since()).isEqualTo(REV);
    assertThat(second.prevData()).isEqualTo(Mst.EMPTY_ROOT);
    assertThat(second.toBlocks().length()).isEqualTo(487);
    assertThat(sha256(second.toBlocks()))
        .isEqualTo("907aeddd96aaee464c229c3dd0f68f10ce2b2366dec19fda0db0be48b6b93f76");
    assertThat(second.commit().isSignedBy(PUBLIC)).isTrue();
    assertThat(second.ops())
        .containsExactly(new RecordOp.Create(Repos.key(PATH), second.records().getFirst().cid()));
  }

  /** The record of spec.md 1.6. */
  private static final Bytes GOLDEN_RECORD =
      Bytes.fromHex("a2647465787462686965247479706572636f6d2e6578616d706c652e7265636f7264");

  private static String sha256(Bytes bytes) throws NoSuchAlgorithmException {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.toByteArray()));
  }

  /**
   * MST-45, MST-50 to MST-55: whatever is written to whatever repository, the blocks of the commit
   * and its operations lead back to the tree before, and have every new record.
   */
  @Test
  void apply_canBeUndoneFromItsBlocks() {
    // MST-77: the commit says nothing of the key; who checks it brings one.
    // MST-44, MST-47: nothing old but what inversion needs.
    Gen.forAll(
        300,
        gen -> {
          Host host = Host.of(gen, gen.nextInt(2 * gen.size()));
          Mst before = host.tree();
          WrittenCommit commit = host.write(UNSIGNED, host.writes(gen, 1 + gen.nextInt(12)));
          CommitSlice slice = new CommitSlice(new Sha256(), new SplittableRandom(1));
          slice.load(commit.toBlocks());
          assertThat(slice.root()).isEqualTo(commit.commit().cid());
          Mst after = slice.tree(commit.commit().data());
          assertThat(commit.prevData()).isEqualTo(before.root());
          assertThat(OpInversion.invert(after, commit.ops()).root()).isEqualTo(commit.prevData());
          for (RecordOp op : commit.ops()) {
            Cid cid =
                switch (op) {
                  case RecordOp.Create create -> create.cid();
                  case RecordOp.Update update -> update.cid();
                  case RecordOp.Delete delete -> null;
                };
            assertThat(after.find(op.path())).isEqualTo(cid);
            assertThat(before.find(op.path())).isEqualTo(prev(op));
            if (cid != null) {
              assertThat(slice.find(cid)).isEqualTo(host.find(cid)); // MST-43
            }
          }
        });
  }

  private static @Nullable Cid prev(RecordOp op) {
    return switch (op) {
      case RecordOp.Create create -> null;
      case RecordOp.Update update -> update.prev();
      case RecordOp.Delete delete -> delete.prev();
    };
  }

  // A repository of which only the last commit's blocks are kept can be written to where they
  // reach.
  @Test
  void apply_onAPartialTree() {
    Gen gen = Gen.of(5);
    Host host = Host.of(gen, 200);
    RecordPath path = host.records.firstKey();
    WrittenCommit update =
        host.write(UNSIGNED, List.of(new RecordWrite.Update(path, Repos.record("x"))));
    CommitSlice slice = new CommitSlice(new Sha256(), new SplittableRandom(1));
    slice.load(update.toBlocks());
    RepoWriter part = RepoWriter.open(update.commit(), slice.tree(update.commit().data()));
    List<RecordWrite> delete = List.of(new RecordWrite.Delete(path));
    Tid rev = Tid.of(update.commit().rev().value() + 1024);
    assertThat(part.apply(delete, rev, UNSIGNED).commit().data())
        .isEqualTo(host.repo.apply(delete, rev, UNSIGNED).commit().data());
    RecordPath far = host.records.lastKey();
    assertThat(reasonOf(() -> part.apply(List.of(new RecordWrite.Delete(far)), rev, UNSIGNED)))
        .isEqualTo(MstException.Reason.MISSING_NODE);
  }

  // MST-49, MST-76: the commit of a rotated key.
  @Test
  void apply_withoutWritesSignsTheSameTree() {
    Host host = Host.of(Gen.of(1), 20);
    Cid data = host.tree().root();
    WrittenCommit empty = host.write(SIGNER, List.of());
    assertThat(empty.commit().data()).isEqualTo(data);
    assertThat(empty.prevData()).isEqualTo(data);
    assertThat(empty.ops()).isEmpty();
  }

  // MST-58: an update to the same value is legal to read and not to write.
  @Test
  void apply_leavesOutUpdatesThatChangeNothing() {
    Host host = new Host();
    host.write(SIGNER, List.of(new RecordWrite.Create(PATH, RECORD)));
    WrittenCommit same = host.write(SIGNER, List.of(new RecordWrite.Update(PATH, RECORD)));
    assertThat(same.ops()).isEmpty();
    assertThat(same.records()).isEmpty();
  }

  // MST-35, MST-51, MST-75, SC-31, SC-58: what every reader would refuse is not written.
  @Test
  void apply_refusesWhatNobodyWouldTake() {
    RepoWriter repo = RepoWriter.create(DID);
    RecordWrite create = new RecordWrite.Create(PATH, RECORD);
    RepoWriter one = repo.after(repo.apply(List.of(create), REV, UNSIGNED));
    assertThat(reasonOf(() -> one.apply(List.of(create), NEXT, UNSIGNED)))
        .isEqualTo(MstException.Reason.KEY_EXISTS);
    RecordPath other = RecordPath.parse("com.example.record/a");
    assertThat(reasonOf(() -> one.apply(List.of(new RecordWrite.Delete(other)), NEXT, UNSIGNED)))
        .isEqualTo(MstException.Reason.KEY_ABSENT);
    RecordWrite absent = new RecordWrite.Update(other, RECORD);
    assertThat(reasonOf(() -> one.apply(List.of(absent), NEXT, UNSIGNED)))
        .isEqualTo(MstException.Reason.KEY_ABSENT);

    refuses(one, REV, List.of());
    RecordWrite delete = new RecordWrite.Delete(PATH);
    refuses(one, NEXT, List.of(delete, delete));
    for (String record : List.of("", "80", "a16161", "a0a0", "a2616101616101")) {
      refuses(one, NEXT, List.of(new RecordWrite.Update(PATH, Bytes.fromHex(record))));
    }
    Bytes large = Repos.record("x".repeat(999_990));
    assertThat(large.length()).isGreaterThan(1_000_000);
    refuses(one, NEXT, List.of(new RecordWrite.Update(PATH, large)));
    Set<RecordWrite> many = new HashSet<>();
    Gen gen = Gen.of(2);
    while (many.size() <= 200) {
      many.add(new RecordWrite.Create(Repos.path(gen), RECORD));
    }
    refuses(repo, NEXT, List.copyOf(many));
    List<RecordWrite> heavy = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      RecordPath path = RecordPath.parse("com.example.record/" + i);
      heavy.add(new RecordWrite.Create(path, Repos.record(i + "x".repeat(700_000))));
    }
    refuses(repo, NEXT, heavy);
    repo.withLimits(CommitLimits.NONE).apply(heavy, NEXT, UNSIGNED);
  }

  private static void refuses(RepoWriter repo, Tid rev, List<RecordWrite> writes) {
    assertThatThrownBy(() -> repo.apply(writes, rev, UNSIGNED))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void after_andOpen_refuseWhatDoesNotFollow() {
    RepoWriter repo = RepoWriter.create(DID);
    WrittenCommit first = repo.apply(List.of(), REV, UNSIGNED);
    RepoWriter one = repo.after(first);
    assertThatThrownBy(() -> one.after(first)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> RepoWriter.create(Did.parse("did:web:example.com")).after(first))
        .isInstanceOf(IllegalArgumentException.class);
    // Two ways to go on at the same revision, and a commit upon one of them.
    RecordWrite create = new RecordWrite.Create(PATH, RECORD);
    WrittenCommit here = one.apply(List.of(create), NEXT, UNSIGNED);
    WrittenCommit there = one.apply(List.of(), NEXT, UNSIGNED);
    Tid last = Tid.of(NEXT.value() + 1);
    WrittenCommit upon = one.after(here).apply(List.of(), last, UNSIGNED);
    assertThatThrownBy(() -> one.after(there).after(upon))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(one.after(here).after(upon).head()).isEqualTo(upon.commit());
    Mst other = Mst.empty().insert(Repos.key(PATH), Mst.EMPTY_ROOT);
    assertThatThrownBy(() -> RepoWriter.open(first.commit(), other))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(RepoWriter.open(first.commit(), Mst.empty()).head()).isEqualTo(first.commit());
    assertThat(one.did()).isEqualTo(DID);
  }

  private static MstException.Reason reasonOf(Runnable action) {
    return catchThrowableOfType(MstException.class, action::run).reason();
  }
}
