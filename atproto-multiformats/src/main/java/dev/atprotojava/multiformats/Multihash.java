// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.multiformats;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * A digest with the code of its hash function in front: {@code varint code, varint length, digest}.
 *
 * <p>The AT Protocol computes only SHA-256, but must carry links that others made with another
 * function (CID-09), so the code is any number. Immutable.
 */
public final class Multihash {
  /** The code of SHA-256. */
  public static final int SHA2_256 = 0x12;

  private final long code;
  private final byte[] digest;

  private Multihash(long code, byte[] digest) {
    this.code = code;
    this.digest = digest;
  }

  /** Of a function's code and its digest, which is copied. */
  public static Multihash of(long code, byte[] digest) {
    UnsignedVarint.length(code); // refuses a negative one
    return new Multihash(code, digest.clone());
  }

  /**
   * Reads one that fills {@code in} from {@code offset} to {@code limit} exactly.
   *
   * @throws MultiformatException if it is cut off or something follows
   */
  public static Multihash decode(byte[] in, int offset, int limit) {
    long code = UnsignedVarint.decode(in, offset, limit);
    int at = offset + UnsignedVarint.length(code);
    long length = UnsignedVarint.decode(in, at, limit);
    at += UnsignedVarint.length(length);
    if (length != limit - at) {
      throw new MultiformatException(
          "digest of " + (limit - at) + " bytes, its length says " + length);
    }
    return new Multihash(code, Arrays.copyOfRange(in, at, limit));
  }

  /** The code of the hash function. */
  public long code() {
    return code;
  }

  /** A copy of the digest. */
  public byte[] digest() {
    return digest.clone();
  }

  /** The binary form. */
  public byte[] encode() {
    int head = UnsignedVarint.length(code) + UnsignedVarint.length(digest.length);
    byte[] out = new byte[head + digest.length];
    int at = UnsignedVarint.encode(code, out, 0);
    at = UnsignedVarint.encode(digest.length, out, at);
    System.arraycopy(digest, 0, out, at, digest.length);
    return out;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Multihash that
        && code == that.code
        && Arrays.equals(digest, that.digest);
  }

  @Override
  public int hashCode() {
    return 31 * Long.hashCode(code) + Arrays.hashCode(digest);
  }

  @Override
  public String toString() {
    return "0x" + Long.toHexString(code) + ":" + HexFormat.of().formatHex(digest);
  }
}
