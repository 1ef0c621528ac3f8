// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import dev.atprotojava.car.CarBlock;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborReader;
import dev.atprotojava.cbor.CborWriter;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.cid.CidCodec;
import dev.atprotojava.crypto.P256PublicKey;
import dev.atprotojava.crypto.SigningKey;
import dev.atprotojava.multiformats.Base32;
import dev.atprotojava.multiformats.UnsignedVarint;
import dev.atprotojava.repo.RecordWrite;
import dev.atprotojava.repo.RepoCommit;
import dev.atprotojava.sync.RepoOp;
import dev.atprotojava.sync.SyncLimits;
import dev.atprotojava.syntax.AtDatetime;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.RecordPath;
import dev.atprotojava.syntax.Tid;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/** Makes messages with one fault each, in the name of one account. */
final class Forger {
  private static final BigInteger P256_ORDER =
      new BigInteger("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 16);
  private static final BigInteger K256_ORDER =
      new BigInteger("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16);
  private static final int NUMBER_BYTES = 32;
  private static final int PLC_BYTES = 15;
  private static final int NESTED = 10_000;

  /** A key that sorts behind every other one of a frame or a commit, being the longest. */
  private static final String LAST_KEY = "zzzzzzzzzz";

  private final SimulatedNetwork network;
  private final SimulatedAccount account;
  private final RandomGenerator random;

  Forger(SimulatedNetwork network, SimulatedAccount account, RandomGenerator random) {
    this.network = network;
    this.account = account;
    this.random = random;
  }

  HostileFrame forge(Fault fault) {
    synchronized (network) {
      if (account.head() == null || account.repo().size() == 0) {
        throw new IllegalArgumentException("an account without a commit or a record");
      }
      SimulatedPds sender =
          switch (fault) {
            case ACCOUNT_OF_ANOTHER_HOST, STATUS_FROM_ANOTHER_HOST -> anotherHost();
            default -> account.host();
          };
      return new HostileFrame(fault, sender, account.did(), message(fault));
    }
  }

  private LongFunction<StreamMessage> message(Fault fault) {
    return switch (fault) {
      case WRONG_SIGNATURE -> event(flippedSignature().toCommit());
      case ANOTHER_ACCOUNTS_KEY -> commit(1, d -> sign(d, another().signingKey()));
      case HIGH_S -> commit(1, d -> d.signature(highS(d.truth.commit().sig().toByteArray())));
      case SYNC_WRONG_SIGNATURE -> event(flippedSignature().toSync());

      case WRONG_PREV_DATA -> commit(1, d -> d.prevData = anyCid());
      case HIDDEN_OPERATION -> commit(2, d -> d.ops.removeLast());
      case OPERATION_OF_ANOTHER_RECORD -> commit(1, this::nameAnotherRecord);
      case MISSING_PREV_DATA -> commit(1, d -> d.prevData = null);
      case MISSING_PREV -> event(withoutPrev().toCommit());
      case DUPLICATE_PATH -> commit(1, d -> d.ops.add(d.ops.getFirst()));
      case BAD_PATH -> commit(1, Forger::breakPath);
      case TOO_MANY_OPERATIONS -> commit(SyncLimits.OPS + 1, d -> {});

      case MISSING_RECORD -> commit(1, d -> d.records.clear());
      case MISSING_NODE ->
          commit(1, d -> d.nodes.removeIf(n -> n.cid().equals(d.truth.commit().data())));
      case MISSING_COMMIT -> commit(1, d -> d.withCommit = false);
      case CHANGED_RECORD -> commit(1, d -> d.records.set(0, changed(d.records.getFirst())));
      case CHANGED_NODE -> commit(1, d -> d.nodes.set(0, changed(d.nodes.getFirst())));
      case HUGE_BLOCK -> event(withHugeBlock(draft(1)));
      case TRUNCATED_CAR -> event(withCutBlocks(draft(1)));
      case NO_ROOT -> commit(1, d -> d.roots = List.of());
      case OVERSIZED_BLOCKS -> event(large(3, SyncLimits.COMMIT_BLOCKS_BYTES / 3).toCommit());
      case OVERSIZED_SYNC -> event(withLargeSync(draft(0)));
      case OVERSIZED_RECORD -> event(large(1, SyncLimits.RECORD_BYTES).toCommit());

      case NON_CANONICAL_COMMIT -> commit(1, Forger::shuffleCommit);
      case NESTED_COMMIT -> commit(1, Forger::nestCommit);
      case OLD_COMMIT_VERSION -> commit(1, this::ageCommit);
      case NON_CANONICAL_NODE -> commit(1, this::shuffleRoot);
      case REPO_OF_ANOTHER_ACCOUNT -> commit(1, d -> sign(d, another().did(), d.rev));
      case REV_OF_ANOTHER_COMMIT -> commit(1, d -> d.rev = account.repo().nextTid());
      case CID_OF_ANOTHER_COMMIT -> commit(1, d -> d.cid = anyCid());
      case FUTURE_REV -> commit(1, d -> rev(d, nextYear()));
      case STALE_REV -> commit(1, d -> rev(d, lastRev()));
      case SYNC_STALE_REV -> event(earlier(draft(0)).toSync());
      case SYNC_FORK -> event(rev(draft(1), lastRev()).toSync());
      case TOO_BIG -> commit(1, d -> d.tooBig = true);
      case REBASE -> commit(1, d -> d.rebase = true);
      case BAD_TIME -> commit(1, d -> d.time = "yesterday");

      case ACCOUNT_OF_ANOTHER_HOST -> commit(1, d -> {});
      case STATUS_FROM_ANOTHER_HOST ->
          event(new FrameBody.Account(account.did(), false, "deleted", now()));
      case UNREGISTERED_ACCOUNT -> commit(1, this::signAsStranger);
      case UPPER_CASE_DID -> commit(1, d -> d.did = upperCase(d.did));

      case TRUNCATED_FRAME -> altered(draft(1), frame -> frame.slice(0, frame.length() / 2));
      case GARBAGE -> raw(false, Bytes.wrap(noise(300)));
      case NESTED_FRAME -> altered(draft(1), frame -> withField(frame, nested()));
      case TEXT_MESSAGE -> text(draft(1));
      case OVERSIZED_FRAME ->
          altered(draft(1), frame -> withField(frame, string(SyncLimits.FRAME_BYTES)));
      case REPEATED_SEQ -> repeated(draft(1));
      case UNKNOWN_TYPE -> seq -> new StreamMessage(seq, false, notice(1, "#weather", seq));
      case UNKNOWN_OP -> seq -> new StreamMessage(seq, false, notice(7, "#commit", seq));
    };
  }

  /** A commit of some new posts, damaged. */
  private LongFunction<StreamMessage> commit(int writes, Consumer<CommitDraft> damage) {
    CommitDraft draft = draft(writes);
    damage.accept(draft);
    return event(draft.toCommit());
  }

  private CommitDraft draft(int writes) {
    List<RecordWrite> posts = new ArrayList<>(writes);
    for (int i = 0; i < writes; i++) {
      posts.add(post(SocialRecords.post(random, network.time().instant())));
    }
    return draft(posts);
  }

  private CommitDraft draft(List<RecordWrite> writes) {
    return new CommitDraft(account.repo().prepare(writes, account.signingKey()));
  }

  private RecordWrite post(Bytes block) {
    String path = SocialRecords.POST + "/" + account.repo().nextTid();
    return new RecordWrite.Create(RecordPath.parse(path), block);
  }

  private static LongFunction<StreamMessage> event(FrameBody.Event body) {
    return seq -> StreamMessage.of(seq, FrameEncoder.encode(body, seq));
  }

  private static LongFunction<StreamMessage> raw(boolean text, Bytes payload) {
    return seq -> new StreamMessage(seq, text, payload);
  }

  private static LongFunction<StreamMessage> altered(
      CommitDraft draft, UnaryOperator<Bytes> damage) {
    FrameBody.Commit body = draft.toCommit();
    return seq ->
        new StreamMessage(seq, false, damage.apply(FrameEncoder.encode(body, seq).bytes()));
  }

  private static LongFunction<StreamMessage> text(CommitDraft draft) {
    FrameBody.Commit body = draft.toCommit();
    return seq -> new StreamMessage(seq, true, FrameEncoder.encode(body, seq).bytes());
  }

  private static LongFunction<StreamMessage> repeated(CommitDraft draft) {
    FrameBody.Commit body = draft.toCommit();
    return seq ->
        new StreamMessage(seq, false, FrameEncoder.encode(body, Math.max(1, seq - 1)).bytes());
  }

  // Signatures.

  private CommitDraft flippedSignature() {
    CommitDraft draft = draft(1);
    byte[] sig = draft.truth.commit().sig().toByteArray();
    sig[5] ^= 1;
    return draft.signature(sig);
  }

  private byte[] highS(byte[] sig) {
    BigInteger order = account.publicKey() instanceof P256PublicKey ? P256_ORDER : K256_ORDER;
    BigInteger s = new BigInteger(1, sig, NUMBER_BYTES, NUMBER_BYTES);
    byte[] high = order.subtract(s).toByteArray(); // above half the order: 32 bytes and a sign
    System.arraycopy(high, high.length - NUMBER_BYTES, sig, NUMBER_BYTES, NUMBER_BYTES);
    return sig;
  }

  private static void sign(CommitDraft draft, SigningKey key) {
    RepoCommit commit = draft.truth.commit();
    draft.sign(commit.did(), commit.rev(), commit.data(), key);
  }

  private CommitDraft sign(CommitDraft draft, Did did, Tid rev) {
    return draft.sign(did, rev, draft.truth.commit().data(), account.signingKey());
  }

  private void signAsStranger(CommitDraft draft) {
    Did stranger = Did.parse("did:plc:" + Base32.encode(noise(PLC_BYTES)));
    draft.did = stranger;
    sign(draft, stranger, draft.rev);
  }

  // Revisions.

  private CommitDraft rev(CommitDraft draft, Tid rev) {
    draft.rev = rev;
    return sign(draft, account.did(), rev);
  }

  private Tid lastRev() {
    SimulatedCommit head = account.head();
    if (head == null) {
      throw new IllegalStateException("checked before");
    }
    return head.commit().rev();
  }

  private CommitDraft earlier(CommitDraft draft) {
    return rev(draft, Tid.of(lastRev().value() - (1L << 20)));
  }

  private Tid nextYear() {
    Instant then = network.time().instant().plus(Duration.ofDays(365));
    return Tid.ofMicros(ChronoUnit.MICROS.between(Instant.EPOCH, then), 1);
  }

  // Operations and records.

  private void nameAnotherRecord(CommitDraft draft) {
    CarBlock other = block(SocialRecords.post(random, network.time().instant()));
    draft.records.add(other);
    RepoOp op = draft.ops.getFirst();
    draft.ops.set(0, new RepoOp(op.action(), op.path(), other.cid(), null));
  }

  private CommitDraft withoutPrev() {
    CommitDraft draft = draft(List.of(new RecordWrite.Delete(account.repo().path(0))));
    RepoOp op = draft.ops.getFirst();
    draft.ops.set(0, new RepoOp(op.action(), op.path(), null, null));
    return draft;
  }

  private static void breakPath(CommitDraft draft) {
    RepoOp op = draft.ops.getFirst();
    Bytes path = Bytes.wrap("no_slash".getBytes(StandardCharsets.US_ASCII));
    draft.ops.set(0, new RepoOp(op.action(), path, op.cid(), op.prev()));
  }

  private CommitDraft large(int posts, int bytesEach) {
    List<RecordWrite> writes = new ArrayList<>();
    for (int i = 0; i < posts; i++) {
      char letter = (char) ('a' + i);
      String text = String.valueOf(letter).repeat(bytesEach);
      writes.add(post(SocialRecords.post(text, network.time().instant())));
    }
    return draft(writes);
  }

  // Blocks.

  private static CarBlock block(Bytes data) {
    return new CarBlock(Cid.ofDagCbor(data.toByteArray()), data);
  }

  private static CarBlock changed(CarBlock block) {
    byte[] data = block.data().toByteArray();
    data[data.length - 1] ^= 1;
    return new CarBlock(block.cid(), Bytes.wrap(data));
  }

  private static FrameBody.Commit withHugeBlock(CommitDraft draft) {
    byte[] blocks = draft.blocks().toByteArray();
    byte[] claim = UnsignedVarint.encode(1L << 40);
    byte[] out = Arrays.copyOf(blocks, blocks.length + claim.length + Cid.BLESSED_LENGTH);
    System.arraycopy(claim, 0, out, blocks.length, claim.length);
    draft.cid.write(out, blocks.length + claim.length);
    return draft.toCommit(Bytes.wrap(out));
  }

  private static FrameBody.Commit withCutBlocks(CommitDraft draft) {
    Bytes blocks = draft.blocks();
    return draft.toCommit(blocks.slice(0, blocks.length() - 10));
  }

  private static FrameBody.Sync withLargeSync(CommitDraft draft) {
    draft.nodes.clear();
    draft.records.add(block(string(SyncLimits.SYNC_BLOCKS_BYTES).toBytes()));
    return draft.toSync(draft.blocks());
  }

  // Commit and tree.

  private static void shuffleCommit(CommitDraft draft) {
    CborWriter out = new CborWriter().writeMap(6);
    CommitDraft.fields(out, draft.truth.commit(), "rev", "did", "sig", "data", "prev", "version");
    draft.block(out.toBytes());
  }

  private static void nestCommit(CommitDraft draft) {
    CborWriter out = new CborWriter().writeMap(7);
    CommitDraft.fields(out, draft.truth.commit(), "did", "rev", "sig", "data", "prev", "version");
    CborWriter nested = nested();
    out.writeText(LAST_KEY).writeEncoded(nested.array(), 0, nested.length());
    draft.block(out.toBytes());
  }

  private void ageCommit(CommitDraft draft) {
    RepoCommit commit = draft.truth.commit();
    CborWriter unsigned =
        CommitDraft.fields(new CborWriter().writeMap(5), commit, "did", "rev", "data", "prev");
    byte[] sig =
        account
            .signingKey()
            .sign(unsigned.writeText("version").writeInteger(2).toByteArray())
            .toBytes();
    CborWriter out = CommitDraft.fields(new CborWriter().writeMap(6), commit, "did", "rev");
    out.writeText("sig").writeBytes(sig);
    CommitDraft.fields(out, commit, "data", "prev").writeText("version").writeInteger(2);
    draft.block(out.toBytes());
  }

  /** Puts {@code l} before {@code e} in the root node, and signs a commit of that. */
  private void shuffleRoot(CommitDraft draft) {
    Cid root = draft.truth.commit().data();
    CarBlock node =
        draft.nodes.stream().filter(n -> n.cid().equals(root)).findFirst().orElseThrow();
    byte[] old = node.data().toByteArray();
    CborReader in = new CborReader().reset(old, 0, old.length);
    in.readMap();
    int entries = in.position();
    in.nextKey();
    in.skip();
    int left = in.position();
    CborWriter out = new CborWriter(old.length).writeMap(2);
    out.writeEncoded(old, left, old.length - left);
    out.writeEncoded(old, entries, left - entries);
    CarBlock shuffled = block(out.toBytes());
    draft.nodes.set(draft.nodes.indexOf(node), shuffled);
    draft.sign(account.did(), draft.rev, shuffled.cid(), account.signingKey());
  }

  // Frames.

  /** A frame with a field more, behind all others. */
  private static Bytes withField(Bytes frame, CborWriter value) {
    byte[] old = frame.toByteArray();
    CborReader in = new CborReader().reset(old, 0, old.length);
    in.skip();
    int body = in.position();
    int fields = old[body] & 0x1f;
    CborWriter out = new CborWriter(old.length + value.length() + 16);
    out.writeEncoded(old, 0, body).writeMap(fields + 1);
    out.writeEncoded(old, body + 1, old.length - body - 1);
    out.writeText(LAST_KEY).writeEncoded(value.array(), 0, value.length());
    return Bytes.wrap(out.array(), 0, out.length());
  }

  private static Bytes notice(int op, String type, long seq) {
    CborWriter out = new CborWriter(64).writeMap(2).writeText("t").writeText(type);
    out.writeText("op").writeInteger(op);
    return out.writeMap(1).writeText("seq").writeInteger(seq).toBytes();
  }

  private static CborWriter nested() {
    CborWriter out = new CborWriter(NESTED + 1);
    for (int i = 0; i < NESTED; i++) {
      out.writeArray(1);
    }
    return out.writeArray(0);
  }

  private static CborWriter string(int length) {
    return new CborWriter(length + 8).writeBytes(new byte[length]);
  }

  // Others.

  private SimulatedAccount another() {
    int accounts = network.shape().accounts();
    return network.account(
        (account.number() + 1 + random.nextInt(Math.max(1, accounts - 1))) % accounts);
  }

  private SimulatedPds anotherHost() {
    List<SimulatedPds> hosts = network.hosts();
    if (hosts.size() < 2) {
      throw new IllegalArgumentException("a network of one host");
    }
    int step = 1 + random.nextInt(hosts.size() - 1);
    return hosts.get((account.host().number() + step) % hosts.size());
  }

  private static Did upperCase(Did did) {
    return Did.parse("did:plc:" + did.identifier().toUpperCase(Locale.ROOT));
  }

  private Cid anyCid() {
    return Cid.ofDigest(CidCodec.DAG_CBOR, noise(NUMBER_BYTES), 0);
  }

  private byte[] noise(int length) {
    byte[] noise = new byte[length];
    random.nextBytes(noise);
    return noise;
  }

  private String now() {
    return AtDatetime.format(network.time().instant());
  }
}
