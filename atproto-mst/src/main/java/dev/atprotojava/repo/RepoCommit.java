// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.repo;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborException;
import dev.atprotojava.cbor.CborLimits;
import dev.atprotojava.cbor.CborReader;
import dev.atprotojava.cbor.CborWriter;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.cid.Sha256;
import dev.atprotojava.repo.InvalidCommitException.Reason;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.Tid;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The signed top of a repository, version 3 (MST-70):
 *
 * <pre>
 *   {"did": text, "rev": TID, "sig": 64 bytes, "data": link to the tree,
 *    "prev": link or null, "version": 3}
 * </pre>
 *
 * <p>The signature covers the same map without {@code sig} (MST-72). Fields that we do not know
 * were signed too, so the bytes that were signed are cut out of the block as it came, never built
 * anew (MST-73, T-09, T-17). Immutable.
 */
public final class RepoCommit {
  /** The only version that is read and written. */
  public static final int VERSION = 3;

  private static final byte[] DID = name("did");
  private static final byte[] REV = name("rev");
  private static final byte[] SIG = name("sig");
  private static final byte[] DATA = name("data");
  private static final byte[] PREV = name("prev");
  private static final byte[] VERSION_KEY = name("version");

  private static final CborLimits LIMITS = new CborLimits(1 << 20, 16, 1 << 10, 1 << 10);

  private final Bytes encoded;
  private final int fields;
  private final int bodyStart;
  private final int sigStart;
  private final int sigEnd;
  private final Did did;
  private final Tid rev;
  private final Bytes sig;
  private final Cid data;
  private final @Nullable Cid prev;

  private RepoCommit(
      Bytes encoded,
      Fields read,
      int fields,
      int bodyStart,
      Did did,
      Tid rev,
      Bytes sig,
      Cid data) {
    this.encoded = encoded;
    this.fields = fields;
    this.bodyStart = bodyStart;
    this.sigStart = read.sigStart;
    this.sigEnd = read.sigEnd;
    this.did = did;
    this.rev = rev;
    this.sig = sig;
    this.data = data;
    this.prev = read.prev;
  }

  private static byte[] name(String name) {
    return name.getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Reads a block. The signature is taken as it is, whatever its length: to verify it is to refuse
   * it.
   *
   * @throws InvalidCommitException if the block is no commit of version 3
   */
  public static RepoCommit decode(Bytes block) {
    return decode(block, new CborReader(LIMITS));
  }

  /** Reads a block with a reader that is reused. */
  static RepoCommit decode(Bytes block, CborReader in) {
    try {
      return new Fields().read(block, in.reset(block));
    } catch (CborException e) {
      throw new InvalidCommitException(Reason.NOT_A_COMMIT);
    }
  }

  /** The fields while they are read. */
  private static final class Fields {
    @Nullable Did did;
    @Nullable Tid rev;
    @Nullable Bytes sig;
    @Nullable Cid data;
    @Nullable Cid prev;
    boolean sawPrev;
    long version = -1;
    int sigStart;
    int sigEnd;

    RepoCommit read(Bytes block, CborReader in) {
      int count = in.readMap();
      int bodyStart = in.position() - block.offset();
      int at = in.position();
      while (in.nextKey()) {
        readField(in, at, block);
        at = in.position();
      }
      in.requireEnd();
      if (did == null || rev == null || sig == null || data == null || !sawPrev || version < 0) {
        throw new InvalidCommitException(Reason.NOT_A_COMMIT);
      }
      if (version != VERSION) {
        throw new InvalidCommitException(Reason.VERSION);
      }
      return new RepoCommit(block, this, count, bodyStart, did, rev, sig, data);
    }

    private void readField(CborReader in, int keyAt, Bytes block) {
      if (in.keyIs(DID)) {
        in.readTextSpan();
        if (!Did.isValid(block.array(), in.spanOffset(), in.spanLength())) {
          throw new InvalidCommitException(Reason.DID);
        }
        did = Did.decode(block.array(), in.spanOffset(), in.spanLength());
      } else if (in.keyIs(REV)) {
        in.readTextSpan();
        if (!Tid.isValid(block.array(), in.spanOffset(), in.spanLength())) {
          throw new InvalidCommitException(Reason.REV);
        }
        rev = Tid.of(Tid.decode(block.array(), in.spanOffset()));
      } else if (in.keyIs(SIG)) {
        sig = in.readBytes();
        sigStart = keyAt - block.offset();
        sigEnd = in.position() - block.offset();
      } else if (in.keyIs(DATA)) {
        data = readLink(in);
      } else if (in.keyIs(PREV)) {
        sawPrev = true;
        prev = in.tryReadNull() ? null : readLink(in);
      } else if (in.keyIs(VERSION_KEY)) {
        version = Math.max(0, in.readInteger());
      } else {
        in.skip();
      }
    }

    private static Cid readLink(CborReader in) {
      Cid cid = in.readLink();
      if (!cid.isBlessedDagCbor()) {
        throw new InvalidCommitException(Reason.LINK);
      }
      return cid;
    }
  }

  /** The bytes to sign for a commit with these fields. */
  public static Bytes unsignedBytes(Did did, Tid rev, Cid data, @Nullable Cid prev) {
    CborWriter out = new CborWriter().writeMap(5);
    out.writeText(DID).writeText(did.toString()).writeText(REV).writeText(rev.toString());
    return writeRest(out, data, prev);
  }

  /** A commit with these fields and a signature over its {@link #unsignedBytes()}. */
  public static RepoCommit of(Did did, Tid rev, Cid data, @Nullable Cid prev, Bytes sig) {
    CborWriter out = new CborWriter().writeMap(6);
    out.writeText(DID).writeText(did.toString()).writeText(REV).writeText(rev.toString());
    out.writeText(SIG).writeBytes(sig);
    return decode(writeRest(out, data, prev));
  }

  private static Bytes writeRest(CborWriter out, Cid data, @Nullable Cid prev) {
    out.writeText(DATA).writeLink(data).writeText(PREV);
    if (prev == null) {
      out.writeNull();
    } else {
      out.writeLink(prev);
    }
    return out.writeText(VERSION_KEY).writeInteger(VERSION).toBytes();
  }

  /** The account whose repository this is. */
  public Did did() {
    return did;
  }

  /** The revision, which rises with each commit (MST-75). */
  public Tid rev() {
    return rev;
  }

  /** The root of the tree. */
  public Cid data() {
    return data;
  }

  /** The commit before, which hardly anybody states (MST-71). */
  public @Nullable Cid prev() {
    return prev;
  }

  /** The signature, not verified. */
  public Bytes sig() {
    return sig;
  }

  /** The block. */
  public Bytes encoded() {
    return encoded;
  }

  /** The CID of the block. */
  public Cid cid() {
    return Cid.ofDagCbor(encoded.toByteArray());
  }

  /** The bytes that the signature covers. */
  public Bytes unsignedBytes() {
    CborWriter out = new CborWriter(encoded.length()).writeMap(fields - 1);
    byte[] array = encoded.array();
    int start = encoded.offset();
    out.writeEncoded(array, start + bodyStart, sigStart - bodyStart);
    out.writeEncoded(array, start + sigEnd, encoded.length() - sigEnd);
    return out.toBytes();
  }

  /** Writes the SHA-256 of {@link #unsignedBytes()} to {@code out}, without building them. */
  public void digestUnsigned(Sha256 sha256, byte[] out, int offset) {
    if (fields > 23) { // the head of a smaller map may be shorter
      Bytes unsigned = unsignedBytes();
      sha256.digest(unsigned.array(), unsigned.offset(), unsigned.length(), out, offset);
      return;
    }
    byte[] array = encoded.array();
    int start = encoded.offset();
    out[offset] = (byte) (0xa0 | fields - 1);
    sha256.update(out, offset, 1);
    sha256.update(array, start + bodyStart, sigStart - bodyStart);
    sha256.update(array, start + sigEnd, encoded.length() - sigEnd);
    sha256.finish(out, offset);
  }

  /** Whether the signature is of this commit and the account's key: {@code key::verifyDigest}. */
  public boolean isSignedBy(CommitKey key) {
    byte[] digest = new byte[Sha256.LENGTH];
    digestUnsigned(new Sha256(), digest, 0);
    return key.verifyDigest(digest, 0, sig.array(), sig.offset(), sig.length());
  }
}
