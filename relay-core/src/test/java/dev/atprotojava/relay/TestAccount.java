// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay;

import dev.atprotojava.car.CarBlock;
import dev.atprotojava.car.CarWriter;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborWriter;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.crypto.SigningKey;
import dev.atprotojava.identity.AddressPolicy;
import dev.atprotojava.identity.Identity;
import dev.atprotojava.identity.IdentityLookup;
import dev.atprotojava.identity.PdsEndpoint;
import dev.atprotojava.mst.Mst;
import dev.atprotojava.relay.account.DidHash;
import dev.atprotojava.repo.CommitSliceWriter;
import dev.atprotojava.repo.RecordOp;
import dev.atprotojava.repo.RepoCommit;
import dev.atprotojava.sync.RepoState;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.Handle;
import dev.atprotojava.syntax.Tid;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An account with a key and a repository, and the frames that its host would send: truly signed,
 * but for what a test wants to be wrong. Its own clock stands an hour before {@link #NOW}.
 */
public final class TestAccount {
  public static final Instant NOW = Instant.parse("2024-06-01T12:00:00Z");
  public static final String TIME = "2024-06-01T12:00:00.000Z";
  public static final DidHash.Key HASH_KEY = new DidHash.Key(11, 22);
  private static final long BEGIN_MICROS = (NOW.getEpochSecond() - 3600) * 1_000_000;

  private final int number;
  private final Did did;
  private SigningKey key;
  private int keyNumber;
  private Mst tree = Mst.empty();
  private @Nullable RepoCommit head;
  private int writes;

  /** The account with a number, 0 to 999. */
  public TestAccount(int number) {
    this.number = number;
    this.did = Did.parse("did:web:user" + number + ".example");
    this.key = key(0);
  }

  private SigningKey key(int of) {
    byte[] secret = new byte[SigningKey.SECRET_LENGTH];
    secret[10] = (byte) (of + 1);
    secret[20] = (byte) (number + 1);
    secret[21] = (byte) (number >>> 8);
    return number % 2 == 0 ? SigningKey.parseK256(secret) : SigningKey.parseP256(secret);
  }

  public Did did() {
    return did;
  }

  public DidHash hash() {
    return HASH_KEY.hash(did);
  }

  public Handle handle() {
    return Handle.parse("user" + number + ".example.com");
  }

  /** Signs with another key from now on. */
  public void rotateKey() {
    key = key(++keyNumber);
  }

  /** Where the repository is; after the first commit. */
  public RepoState state() {
    RepoCommit commit = head();
    return new RepoState(commit.rev(), commit.data(), commit.cid());
  }

  private RepoCommit head() {
    RepoCommit commit = head;
    if (commit == null) {
      throw new IllegalStateException("no commit yet");
    }
    return commit;
  }

  /** What the directory says if the account is on this host. */
  public IdentityLookup.Found on(String hostname) {
    return on(hostname, NOW);
  }

  public IdentityLookup.Found on(String hostname, Instant fetchedAt) {
    return new IdentityLookup.Found(
        Identity.of(did, handle(), endpoint(hostname), key.publicKey(), fetchedAt));
  }

  /** The endpoint of a host. */
  public static PdsEndpoint endpoint(String hostname) {
    return PdsEndpoint.parse("https://" + hostname, AddressPolicy.publicOnly());
  }

  /** A {@code #commit} that creates one record, on top of the last one. */
  public Bytes commit(long seq) {
    return commit(seq, true);
  }

  /**
   * One that says nothing of the tree before: {@code PREV_DATA_MISSING}, unless it is the first.
   */
  public Bytes commitWithoutPrevData(long seq) {
    return commit(seq, false);
  }

  /** A commit that the relay never hears of. */
  public void commitUnheard() {
    commit(1, true);
  }

  private Bytes commit(long seq, boolean withPrevData) {
    RepoCommit before = head;
    Cid prevData = tree.root();
    Bytes path = ascii("app.example.post/" + ++writes);
    Bytes record = new CborWriter().writeMap(1).writeText("n").writeInteger(writes).toBytes();
    CarBlock block = new CarBlock(Cid.ofDagCbor(record.toByteArray()), record);
    tree = tree.insert(path, block.cid());
    RepoCommit commit = sign(tree.root());
    head = commit;
    RecordOp op = new RecordOp.Create(path, block.cid());
    Bytes blocks = CommitSliceWriter.write(commit, tree, List.of(op), List.of(block));
    boolean tellsPrevData = before != null && withPrevData;
    return frame(
        "#commit",
        tellsPrevData ? 12 : 11,
        out -> {
          out.writeText("ops").writeArray(1).writeMap(3);
          out.writeText("cid").writeLink(block.cid());
          out.writeText("path").writeText(path.toByteArray());
          out.writeText("action").writeText("create");
          out.writeText("rev").writeText(commit.rev().toString());
          out.writeText("seq").writeInteger(seq);
          out.writeText("repo").writeText(did.toString());
          out.writeText("time").writeText(TIME);
          out.writeText("blobs").writeArray(0);
          out.writeText("since");
          if (before == null) {
            out.writeNull();
          } else {
            out.writeText(before.rev().toString());
          }
          out.writeText("blocks").writeBytes(blocks);
          out.writeText("commit").writeLink(commit.cid());
          out.writeText("rebase").writeBoolean(false);
          out.writeText("tooBig").writeBoolean(false);
          if (tellsPrevData) {
            out.writeText("prevData").writeLink(prevData);
          }
        });
  }

  private RepoCommit sign(Cid data) {
    Tid rev = Tid.ofMicros(BEGIN_MICROS + writes * 1000L, number);
    Bytes unsigned = RepoCommit.unsignedBytes(did, rev, data, null);
    byte[] sig = key.sign(unsigned.toByteArray()).toBytes();
    return RepoCommit.of(did, rev, data, null, Bytes.wrap(sig));
  }

  /** A {@code #sync} of the last commit. */
  public Bytes sync(long seq) {
    return sync(seq, head());
  }

  /** A {@code #sync} with the last revision and another tree: a fork of the repository. */
  public Bytes fork(long seq) {
    return sync(seq, sign(Cid.ofDagCbor(new byte[] {0})));
  }

  /**
   * One that tells a newer revision than its commit has, as a PDS does after it has imported a
   * repository.
   */
  public Bytes syncAfterImport(long seq) {
    RepoCommit commit = head();
    Tid newer = Tid.ofMicros(BEGIN_MICROS + writes * 1000L + 500, number);
    return sync(seq, newer, car(commit));
  }

  /** A {@code #sync} with more bytes than there may be (SC-31). */
  public Bytes tooLargeSync(long seq) {
    return sync(seq, head().rev(), new byte[10_001]);
  }

  private Bytes sync(long seq, RepoCommit commit) {
    return sync(seq, commit.rev(), car(commit));
  }

  private static byte[] car(RepoCommit commit) {
    return new CarWriter(List.of(commit.cid()))
        .add(commit.cid(), commit.encoded())
        .toBytes()
        .toByteArray();
  }

  private Bytes sync(long seq, Tid rev, byte[] blocks) {
    return frame(
        "#sync",
        5,
        out -> {
          out.writeText("did").writeText(did.toString());
          out.writeText("rev").writeText(rev.toString());
          out.writeText("seq").writeInteger(seq);
          out.writeText("time").writeText(TIME);
          out.writeText("blocks").writeBytes(blocks);
        });
  }

  /** An {@code #account}. */
  public Bytes account(long seq, boolean active, @Nullable String status) {
    return account(seq, active, status, TIME);
  }

  public Bytes account(long seq, boolean active, @Nullable String status, String time) {
    return frame(
        "#account",
        status == null ? 4 : 5,
        out -> {
          out.writeText("did").writeText(did.toString());
          out.writeText("seq").writeInteger(seq);
          out.writeText("time").writeText(time);
          out.writeText("active").writeBoolean(active);
          if (status != null) {
            out.writeText("status").writeText(status);
          }
        });
  }

  /** An {@code #identity} with the account's handle. */
  public Bytes identity(long seq) {
    return frame(
        "#identity",
        4,
        out -> {
          out.writeText("did").writeText(did.toString());
          out.writeText("seq").writeInteger(seq);
          out.writeText("time").writeText(TIME);
          out.writeText("handle").writeText(handle().toString());
        });
  }

  /** A frame with any body. */
  public static Bytes frame(String type, int fields, Consumer<CborWriter> body) {
    CborWriter out = new CborWriter();
    out.writeMap(2).writeText("t").writeText(type).writeText("op").writeInteger(1);
    out.writeMap(fields);
    body.accept(out);
    return out.toBytes();
  }

  private static Bytes ascii(String text) {
    return Bytes.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }
}
