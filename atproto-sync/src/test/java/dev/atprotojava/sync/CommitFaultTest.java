// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync;

import static dev.atprotojava.sync.Messages.bool;
import static dev.atprotojava.sync.Messages.integer;
import static dev.atprotojava.sync.Messages.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.cbor.CborValue.ArrayValue;
import dev.atprotojava.cbor.CborValue.BytesValue;
import dev.atprotojava.cbor.CborValue.LinkValue;
import dev.atprotojava.cbor.CborValue.MapValue;
import dev.atprotojava.cbor.CborValue.NullValue;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.cid.CidCodec;
import dev.atprotojava.crypto.SigningKey;
import dev.atprotojava.sync.CommitVerdict.Accept;
import dev.atprotojava.sync.CommitVerdict.Chain;
import dev.atprotojava.sync.CommitVerdict.Reject;
import dev.atprotojava.syntax.Tid;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every {@link CommitFault}: an event with that fault and no other, what a strict verifier says of
 * it, and what a lenient one does.
 */
class CommitFaultTest {
  private static final String A = "com.example.record/a";
  private static final SigningKey OTHER_KEY = SigningKey.parseK256(secret(5));
  private static final Set<CommitFault> WAIVABLE =
      EnumSet.of(
          CommitFault.TOO_BIG,
          CommitFault.REBASE,
          CommitFault.BAD_TIME,
          CommitFault.NODE_MISSING,
          CommitFault.PREV_MISSING,
          CommitFault.PREV_DATA_MISSING,
          CommitFault.INVERSION_FAILED);

  private final CommitVerifier strict = CommitVerifier.strict(new SplittableRandom(1));
  private final CommitVerifier lenient = CommitVerifier.lenient(new SplittableRandom(2));
  private final SampleRepo repo = new SampleRepo();
  private final RepoState known;
  private final CommitDraft good;

  CommitFaultTest() {
    for (int i = 0; i < 100; i++) {
      repo.put("com.example.record/" + i, "record " + i);
    }
    repo.commit();
    known = repo.state();
    good =
        repo.put(A, "new")
            .put("com.example.record/1", "other")
            .delete("com.example.record/2")
            .commit();
  }

  private static byte[] secret(int value) {
    byte[] secret = new byte[SigningKey.SECRET_LENGTH];
    secret[31] = (byte) value;
    return secret;
  }

  /** A commit with one operation of each kind: 0 creates, 1 updates, 2 deletes. */
  private CommitDraft good() {
    return good.copy();
  }

  private CommitVerdict judge(CommitVerifier verifier, CommitDraft draft) {
    return verifier.verify(draft.commitEvent(), SampleRepo.KEY.publicKey(), known, SampleRepo.NOW);
  }

  /** The good commit with one thing wrong. */
  private CommitDraft with(CommitFault fault) {
    CommitDraft draft = good();
    return switch (fault) {
      case BLOCKS_TOO_LARGE -> CommitVerifierTest.pad(draft, SyncLimits.COMMIT_BLOCKS_BYTES + 1);
      case TOO_BIG -> draft.with("tooBig", bool(true));
      case REBASE -> draft.with("rebase", bool(true));
      case BAD_TIME -> draft.with("time", text("2023-06-30 15:03:01"));
      case CAR_INVALID -> {
        Bytes slice = draft.slice();
        yield draft.with("blocks", new BytesValue(slice.slice(0, slice.length() - 1)));
      }
      case BLOCK_HASH_MISMATCH -> {
        byte[] slice = draft.slice().toByteArray();
        slice[slice.length - 1] ^= 1;
        yield draft.with("blocks", new BytesValue(Bytes.wrap(slice)));
      }
      case COMMIT_MISSING -> {
        Bytes without = CommitDraft.car(List.of(draft.commitCid()), draft.blocks);
        yield draft.with("blocks", new BytesValue(without));
      }
      case COMMIT_INVALID -> draft.withSigned("version", integer(2));
      case DID_MISMATCH -> draft.withSigned("did", text("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa"));
      case REV_MISMATCH -> draft.with("rev", text("3jzfcijpj3z2a"));
      case COMMIT_CID_MISMATCH -> draft.with("commit", new LinkValue(known.commit()));
      case FUTURE_REV -> {
        long micros = SampleRepo.NOW.plus(Duration.ofMinutes(6)).toEpochMilli() * 1000;
        String rev = Tid.ofMicros(micros, 0).toString();
        yield draft.with("rev", text(rev)).withSigned("rev", text(rev));
      }
      case BAD_SIGNATURE -> {
        draft.key = OTHER_KEY;
        yield draft;
      }
      case OP_INVALID -> draft.withOp(0, "path", text("com.example.record/a/b"));
      case RECORD_MISSING -> {
        draft.blocks.remove(Messages.link(draft.op(0), "cid"));
        yield draft;
      }
      case RECORD_TOO_LARGE -> repo.put(A, "x".repeat(SyncLimits.RECORD_BYTES)).commit();
      case NODE_INVALID -> withDamagedRoot(draft);
      case NODE_MISSING -> withoutANode(draft);
      case PREV_MISSING -> draft.withOp(1, "prev", null);
      case PREV_DATA_MISSING -> draft.with("prevData", null);
      case INVERSION_FAILED -> draft.with("ops", new ArrayValue(draft.ops().subList(0, 2)));
      case STALE_REV, SYNC_CONFLICT -> throw new AssertionError("not a question to verify");
    };
  }

  /** A root with a field more, which hashes to the CID that was signed (MST-10, MST-22). */
  private static CommitDraft withDamagedRoot(CommitDraft draft) {
    Cid root = Messages.link(draft.signed, "data");
    Map<String, CborValue> node =
        new TreeMap<>(
            ((MapValue) CborValue.decode(draft.blocks.getOrDefault(root, Bytes.EMPTY))).entries());
    node.put("x", new NullValue());
    return draft.withRootNode(new MapValue(node).encode());
  }

  /** The slice without the node that holds the record that was created. */
  private CommitDraft withoutANode(CommitDraft draft) {
    Cid created = Messages.link(draft.op(0), "cid");
    Cid root = Messages.link(draft.signed, "data");
    List<Cid> nodes = new ArrayList<>();
    repo.tree()
        .proofBlocks(List.of(SampleRepo.path(A)))
        .forEach(
            (cid, block) -> {
              if (!cid.equals(root) && block.toHex().contains(hex(created))) {
                nodes.add(cid);
              }
            });
    assertThat(nodes).hasSize(1);
    draft.blocks.remove(nodes.getFirst());
    return draft;
  }

  private static String hex(Cid cid) {
    return Bytes.wrap(cid.toByteArray()).toHex();
  }

  @Test
  void nothing_isWrongWithTheGoodCommit() {
    CommitDraft good = good();
    assertThat(judge(strict, good)).isEqualTo(new Accept(good.state(), Chain.CONTINUES, Set.of()));
  }

  @ParameterizedTest
  @EnumSource(
      value = CommitFault.class,
      mode = Mode.EXCLUDE,
      names = {"STALE_REV", "SYNC_CONFLICT"})
  void fault_isFoundByTheStrictAndWaivedByTheLenientIfItMayBe(CommitFault fault) {
    CommitDraft draft = with(fault);
    assertThat(judge(strict, draft)).isEqualTo(new Reject(fault));
    assertThat(judge(lenient, draft))
        .isEqualTo(
            WAIVABLE.contains(fault)
                ? new Accept(draft.state(), Chain.CONTINUES, Set.of(fault))
                : new Reject(fault));
  }

  // RL-42, design 6: what is waived is this list and nothing else.
  @ParameterizedTest
  @EnumSource(CommitFault.class)
  void waivable_isWhatTheDesignSays(CommitFault fault) {
    assertThat(fault.waivable()).isEqualTo(WAIVABLE.contains(fault));
  }

  // The two that are asked before a key is looked up.
  @Test
  void stale_isAskedByItself() {
    CommitDraft good = good();
    for (CommitVerifier verifier : List.of(strict, lenient)) {
      assertThat(verifier.checkStale(good.commitEvent(), good.state()))
          .isEqualTo(CommitFault.STALE_REV);
      CommitDraft sync = repo.sync();
      RepoState fork = new RepoState(good.state().rev(), good.state().data(), known.commit());
      assertThat(verifier.checkStale(sync.syncEvent(), fork)).isEqualTo(CommitFault.SYNC_CONFLICT);
    }
  }

  /** Lets a lenient verifier waive something of a draft that has another fault already. */
  private CommitDraft waiving(CommitFault waived, CommitDraft draft) {
    return switch (waived) {
      case TOO_BIG -> draft.with("tooBig", bool(true));
      case REBASE -> draft.with("rebase", bool(true));
      case BAD_TIME -> draft.with("time", text(""));
      case PREV_MISSING -> {
        for (int i = 0; i < draft.ops().size(); i++) {
          draft.withOp(i, "prev", null);
        }
        yield draft;
      }
      case PREV_DATA_MISSING -> draft.with("prevData", null);
      case INVERSION_FAILED -> draft.with("prevData", new LinkValue(known.commit()));
      default -> throw new AssertionError(waived + " cannot be added");
    };
  }

  // A waiver must not open the door to anything else: not "no prevData, so look at nothing".
  @ParameterizedTest
  @EnumSource(
      value = CommitFault.class,
      names = {
        "TOO_BIG",
        "REBASE",
        "BAD_TIME",
        "PREV_MISSING",
        "PREV_DATA_MISSING",
        "INVERSION_FAILED"
      })
  void lenient_waivesNothingElseBesides(CommitFault waived) {
    Set<CommitFault> enforced = EnumSet.complementOf(EnumSet.copyOf(WAIVABLE));
    enforced.removeAll(EnumSet.of(CommitFault.STALE_REV, CommitFault.SYNC_CONFLICT));
    assertThat(enforced).hasSize(14);
    for (CommitFault fault : enforced) {
      CommitDraft draft = waiving(waived, with(fault));
      assertThat(judge(lenient, draft)).as(fault + " and " + waived).isEqualTo(new Reject(fault));
    }
  }

  // A fault that sticks to the events after it would be counted against accounts without any.
  @Test
  void lenient_forgetsWhatItWaivedBefore() {
    CommitDraft faulty = waiving(CommitFault.BAD_TIME, good());
    assertThat(judge(lenient, faulty)).isInstanceOf(Accept.class);
    CommitDraft sync = repo.sync();
    assertThat(lenient.verify(sync.syncEvent(), sync.key.publicKey(), null, SampleRepo.NOW))
        .isEqualTo(new Accept(sync.state(), Chain.FIRST, Set.of()));
  }

  // What is waived is counted, all of it.
  @Test
  void lenient_tellsAllThatItWaived() {
    CommitDraft draft = good();
    for (CommitFault fault :
        List.of(
            CommitFault.TOO_BIG,
            CommitFault.REBASE,
            CommitFault.BAD_TIME,
            CommitFault.PREV_MISSING,
            CommitFault.PREV_DATA_MISSING)) {
      waiving(fault, draft);
    }
    assertThat(judge(lenient, draft))
        .isEqualTo(
            new Accept(
                draft.state(),
                Chain.CONTINUES,
                Set.of(
                    CommitFault.TOO_BIG,
                    CommitFault.REBASE,
                    CommitFault.BAD_TIME,
                    CommitFault.PREV_MISSING,
                    CommitFault.PREV_DATA_MISSING)));
  }

  // MST-52 needs no state before: what the tree does not have was not created, whatever is waived.
  @Test
  void lenient_countsOperationsThatTheTreeDoesNotHave() {
    CommitDraft draft = good().with("prevData", null);
    draft.withOp(0, "path", text("com.example.record/elsewhere"));
    assertThat(judge(lenient, draft))
        .isEqualTo(
            new Accept(
                draft.state(),
                Chain.CONTINUES,
                Set.of(CommitFault.PREV_DATA_MISSING, CommitFault.INVERSION_FAILED)));
  }

  // SC-32: a legacy message that says it does not have everything.
  @Test
  void lenient_passesALegacyTooBig() {
    CommitDraft draft = good();
    draft.with("tooBig", bool(true)).with("ops", new ArrayValue(List.of())).with("prevData", null);
    draft.blocks.clear();
    assertThat(judge(lenient, draft))
        .isEqualTo(
            new Accept(
                draft.state(),
                Chain.CONTINUES,
                Set.of(CommitFault.TOO_BIG, CommitFault.PREV_DATA_MISSING)));
    draft.with("blocks", new BytesValue(Bytes.EMPTY));
    assertThat(judge(lenient, draft)).isEqualTo(new Reject(CommitFault.CAR_INVALID));
  }

  // MST-50, MST-51, MST-02
  @Test
  void operation_mustFit() {
    CborValue some = new LinkValue(known.commit());
    CborValue none = new NullValue();
    List<CommitDraft> invalid =
        List.of(
            good().withOp(0, "action", text("Create")),
            good().withOp(0, "action", text("")),
            good().withOp(0, "cid", none),
            good().withOp(0, "prev", some),
            good().withOp(1, "cid", none),
            good().withOp(2, "cid", some),
            good().withOp(0, "path", text("")),
            good().withOp(0, "path", text("com.example.record/")),
            good().withOp(0, "path", text("com.example.record/..")),
            good().withOp(0, "path", text("/com.example.record/a")),
            good().withOp(0, "path", text("com.EXAMPLE.record/a")),
            good().withOp(0, "path", text("com.example.record/é")),
            good().withOp(1, "path", text(A)),
            good().withOp(2, "path", text(A)));
    for (CommitDraft draft : invalid) {
      assertThat(judge(strict, draft)).isEqualTo(new Reject(CommitFault.OP_INVALID));
      assertThat(judge(lenient, draft)).isEqualTo(new Reject(CommitFault.OP_INVALID));
    }
    assertThat(judge(strict, good().withOp(2, "prev", none)))
        .isEqualTo(new Reject(CommitFault.PREV_MISSING));
    assertThat(judge(strict, good().withOp(1, "prev", none)))
        .isEqualTo(new Reject(CommitFault.PREV_MISSING));
  }

  // MST-52 to MST-55: each way in which a message can lie about what happened.
  @Test
  void operations_mustLeadToTheTree() {
    CborValue some = new LinkValue(known.commit());
    List<CommitDraft> lies = new ArrayList<>();
    lies.add(good().withOp(1, "prev", some)); // another old value
    lies.add(good().withOp(2, "prev", some));
    lies.add(good().withOp(0, "path", text("com.example.record/b"))); // another place
    lies.add(good().withOp(2, "path", text("com.example.record/b"))); // what was not there
    lies.add(good().withOp(2, "path", text("com.example.record/3"))); // what is there still
    CommitDraft updateForCreate = good();
    lies.add(updateForCreate.withOp(0, "action", text("update")).withOp(0, "prev", some));
    CommitDraft createForUpdate = good();
    lies.add(createForUpdate.withOp(1, "action", text("create")).withOp(1, "prev", null));
    for (int hidden = 0; hidden < 3; hidden++) {
      CommitDraft draft = good();
      List<CborValue> ops = new ArrayList<>(draft.ops());
      ops.remove(hidden);
      lies.add(draft.with("ops", new ArrayValue(ops)));
    }
    lies.add(good().with("ops", new ArrayValue(List.of())));
    for (CommitDraft draft : lies) {
      draft.blocks.putAll(repo.tree().blocks()); // wherever the lie leads
      assertThat(judge(strict, draft)).isEqualTo(new Reject(CommitFault.INVERSION_FAILED));
      assertThat(judge(lenient, draft))
          .isEqualTo(
              new Accept(draft.state(), Chain.CONTINUES, Set.of(CommitFault.INVERSION_FAILED)));
    }
    // another record, though its block is there and its hash is right
    CommitDraft swapped = good();
    CborValue updated = Messages.field(swapped.op(1), "cid");
    swapped.withOp(0, "cid", updated);
    assertThat(judge(strict, swapped)).isEqualTo(new Reject(CommitFault.INVERSION_FAILED));
  }

  // MST-45, MST-46: the neighbours of what changed are needed to undo it.
  @Test
  void nodes_mustAllBeThere() {
    CommitDraft good = good();
    Cid root = Messages.link(good.signed, "data");
    int refused = 0;
    for (Cid cid : repo.tree().blocks().keySet()) {
      CommitDraft draft = good.copy();
      if (draft.blocks.remove(cid) == null) {
        continue;
      }
      CommitVerdict verdict = judge(strict, draft);
      if (!verdict.equals(judge(strict, good))) {
        assertThat(verdict).isEqualTo(new Reject(CommitFault.NODE_MISSING));
        refused++;
      } else {
        assertThat(cid).isNotEqualTo(root);
      }
    }
    assertThat(refused).isGreaterThan(2);
  }

  // MST-37: undone down to a node that did not come, the tree has that node's CID for its root; but
  // another root may only mean that the node would have had to go as well.
  @Test
  void root_mayBeANodeThatDidNotCome() {
    SampleRepo small = new SampleRepo();
    for (String rkey : List.of("3jqfcqzm3fn2j", "3jqfcqzm3fo2j", "3jqfcqzm3fp2j")) {
      small.put("com.example.record/" + rkey, rkey);
    }
    small.commit();
    RepoState before = small.state();
    CommitDraft draft = small.put("com.example.record/3jqfcqzm3fs2j", "higher").commit();
    assertThat(small.tree().blocks()).hasSize(2);
    CommitDraft other = draft.copy().with("prevData", new LinkValue(before.commit()));
    assertThat(judge(strict, other)).isEqualTo(new Reject(CommitFault.INVERSION_FAILED));
    draft.blocks.remove(before.data());
    other.blocks.remove(before.data());
    assertThat(judge(strict, draft)).isInstanceOf(Accept.class);
    assertThat(judge(strict, other)).isEqualTo(new Reject(CommitFault.NODE_MISSING));
  }

  // Every malformed block, and every malformed file around the blocks.
  @Test
  void slice_mustBeACar() {
    CommitDraft good = good();
    Cid root = good.commitCid();
    Bytes slice = good.slice();
    Bytes noRoot = CommitDraft.car(List.of(), good.allBlocks());
    Bytes longVarint =
        Messages.join(slice.slice(0, 59), Bytes.fromHex("808000"), slice.slice(59, 10));
    for (Bytes car :
        List.of(
            Bytes.EMPTY,
            Bytes.fromHex("00"),
            Bytes.fromHex("ff"),
            noRoot,
            longVarint,
            Messages.join(slice, Bytes.fromHex("00")),
            Messages.join(slice, Bytes.fromHex("01")),
            Messages.join(slice, Bytes.fromHex("ffffffffffffffff7f")), // a block of 2^63 bytes
            Messages.join(slice, Bytes.fromHex("0500000000" + "00")),
            good.commitBlock())) {
      assertThat(judge(strict, good.copy().with("blocks", new BytesValue(car))))
          .isEqualTo(new Reject(CommitFault.CAR_INVALID));
    }
    Map<Cid, Bytes> swapped = new LinkedHashMap<>(good.allBlocks());
    swapped.put(root, good.commitBlock().slice(0, 10));
    assertThat(
            judge(
                strict,
                good.copy()
                    .with("blocks", new BytesValue(CommitDraft.car(List.of(root), swapped)))))
        .isEqualTo(new Reject(CommitFault.BLOCK_HASH_MISMATCH));
  }

  // CAR-08: what cannot be hashed cannot be passed on as checked, needed or not. Others may know
  // its
  // hash, and find that it does not match.
  @Test
  void blocks_mustAllBeChecked() {
    CommitDraft draft = good();
    byte[] digest = new byte[32];
    draft.commitCid().writeDigest(digest, 0);
    byte[] dagPb = Messages.join(Bytes.fromHex("01701220"), Bytes.wrap(digest)).toByteArray();
    byte[] identity = {1, 0x55, 0, 2, 'h', 'i'};
    for (byte[] cid : List.of(dagPb, identity)) {
      CommitDraft other = draft.copy();
      other.blocks.put(Cid.decodeAny(cid, 0, cid.length), draft.commitBlock());
      for (CommitVerifier verifier : List.of(strict, lenient)) {
        assertThat(judge(verifier, other)).isEqualTo(new Reject(CommitFault.BLOCK_HASH_MISMATCH));
      }
    }
  }

  // SC-56, CID-02: the CID of a commit is one of DAG-CBOR. A commit under another name for the same
  // bytes would be another commit to everybody who remembers it.
  @Test
  void commit_mustBeNamedAsDagCbor() {
    CommitDraft good = good();
    byte[] digest = new byte[32];
    good.commitCid().writeDigest(digest, 0);
    Cid raw = Cid.ofDigest(CidCodec.RAW, digest, 0);
    Map<Cid, Bytes> blocks = new LinkedHashMap<>(good.blocks);
    blocks.put(raw, good.commitBlock());
    good.with("commit", new LinkValue(raw));
    good.with("blocks", new BytesValue(CommitDraft.car(List.of(raw), blocks)));
    assertThat(judge(strict, good)).isEqualTo(new Reject(CommitFault.COMMIT_INVALID));
    CommitDraft sync = repo.sync();
    sync.with("blocks", new BytesValue(CommitDraft.car(List.of(raw), blocks)));
    assertThat(judgeSync(strict, sync)).isEqualTo(new Reject(CommitFault.COMMIT_INVALID));
  }

  // SC-33: the shapes of `time` that hosts really send are for AtDatetime to test.
  @ParameterizedTest
  @ValueSource(strings = {"", "now", "2023-06-30", "2023-06-30T15:03:01", "2023-02-30T00:00:00Z"})
  void time_mustBeADatetime(String time) {
    assertThat(judge(strict, good().with("time", text(time))))
        .isEqualTo(new Reject(CommitFault.BAD_TIME));
  }

  // CR-11, CR-13
  @Test
  void signature_mustBeOfTheOneForm() {
    CommitDraft good = good();
    CborValue sig = ((MapValue) CborValue.decode(good.commitBlock())).find("sig");
    assertThat(sig).isInstanceOf(BytesValue.class);
    Bytes bytes = sig instanceof BytesValue value ? value.value() : Bytes.EMPTY;
    assertThat(judge(strict, good.copy().withSigned("sig", new BytesValue(bytes))))
        .isInstanceOf(Accept.class);
    for (Bytes other :
        List.of(
            Bytes.EMPTY,
            bytes.slice(0, 63),
            Messages.join(bytes, Bytes.fromHex("00")),
            Bytes.wrap(new byte[64]),
            highS(bytes))) {
      assertThat(judge(strict, good.copy().withSigned("sig", new BytesValue(other))))
          .isEqualTo(new Reject(CommitFault.BAD_SIGNATURE));
    }
  }

  private static Bytes highS(Bytes sig) {
    BigInteger order =
        new BigInteger("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16);
    byte[] s = sig.slice(32, 32).toByteArray();
    String high = order.subtract(new BigInteger(1, s)).toString(16);
    return Messages.join(sig.slice(0, 32), Bytes.fromHex("0".repeat(64 - high.length()) + high));
  }

  // The order of design 6: what is cheap and sure comes before what is dear, and the first fault is
  // the one that is counted.
  @Test
  void first_isWhatIsCheckedFirst() {
    CommitDraft everything = good();
    everything.key = OTHER_KEY;
    everything.with("prevData", null).withOp(1, "prev", null);
    CommitFault[] inOrder = {
      CommitFault.BAD_SIGNATURE,
      CommitFault.FUTURE_REV,
      CommitFault.COMMIT_CID_MISMATCH,
      CommitFault.DID_MISMATCH,
      CommitFault.TOO_BIG,
    };
    assertThat(judge(strict, everything)).isEqualTo(new Reject(inOrder[0]));
    String rev = "jzzzzzzzzzzzz";
    everything.with("rev", text(rev)).withSigned("rev", text(rev));
    assertThat(judge(strict, everything)).isEqualTo(new Reject(inOrder[1]));
    everything.with("commit", new LinkValue(known.commit()));
    assertThat(judge(strict, everything)).isEqualTo(new Reject(inOrder[2]));
    everything.withSigned("did", text("did:web:example.com"));
    assertThat(judge(strict, everything)).isEqualTo(new Reject(inOrder[3]));
    everything.with("tooBig", bool(true));
    assertThat(judge(strict, everything)).isEqualTo(new Reject(inOrder[4]));
  }

  private CommitVerdict judgeSync(CommitVerifier verifier, CommitDraft draft) {
    return verifier.verify(draft.syncEvent(), SampleRepo.KEY.publicKey(), known, SampleRepo.NOW);
  }

  // A #sync is judged like a commit without operations.
  @ParameterizedTest
  @EnumSource(
      value = CommitFault.class,
      names = {
        "BLOCKS_TOO_LARGE",
        "BAD_TIME",
        "CAR_INVALID",
        "BLOCK_HASH_MISMATCH",
        "COMMIT_MISSING",
        "COMMIT_INVALID",
        "DID_MISMATCH",
        "REV_MISMATCH",
        "FUTURE_REV",
        "BAD_SIGNATURE",
      })
  void sync_isJudgedAlike(CommitFault fault) {
    CommitDraft draft = repo.sync();
    assertThat(judgeSync(strict, draft)).isInstanceOf(Accept.class);
    CommitDraft commit = with(fault);
    switch (fault) {
      case BLOCKS_TOO_LARGE -> CommitVerifierTest.pad(draft, SyncLimits.SYNC_BLOCKS_BYTES + 1);
      case FUTURE_REV -> {
        CborValue rev = Messages.field(commit.signed, "rev");
        draft.withSigned("rev", rev).with("rev", rev);
      }
      case COMMIT_INVALID -> draft.withSigned("version", integer(4));
      case DID_MISMATCH -> draft.with("did", text("did:web:example.com"));
      case BAD_SIGNATURE -> draft.key = OTHER_KEY;
      default -> {
        for (String field : List.of("blocks", "time", "rev")) {
          CborValue damaged = commit.message.get(field);
          if (damaged != null && (!field.equals("rev") || fault == CommitFault.REV_MISMATCH)) {
            draft.with(field, damaged);
          }
        }
      }
    }
    assertThat(judgeSync(strict, draft)).isEqualTo(new Reject(fault));
    assertThat(judgeSync(lenient, draft))
        .isEqualTo(
            fault == CommitFault.BAD_TIME
                ? new Accept(draft.state(), Chain.BREAKS, Set.of(fault))
                : new Reject(fault));
  }
}
