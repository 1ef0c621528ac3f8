// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.cid;

import dev.atprotojava.multiformats.Multibase;
import dev.atprotojava.multiformats.MultiformatException;
import dev.atprotojava.multiformats.UnsignedVarint;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A content identifier, version 1.
 *
 * <p>The protocol writes only <i>blessed</i> ones, SHA-256 over DAG-CBOR or raw bytes (CID-01):
 *
 * <pre>
 *   0     1        2     3      4                36
 *   | 01 | 71|55 | 12 | 20 | digest, 32 bytes |
 * </pre>
 *
 * but records may link to blocks made elsewhere, with other codecs and hashes (CID-07, CID-09), so
 * the type holds any CIDv1 of up to {@value #MAX_LENGTH} bytes and {@link #isBlessed} tells them
 * apart. The text form is base32 with the prefix {@code b}, 59 characters when blessed (CID-03).
 *
 * <p>Two CIDs are equal when their bytes are (CID-08), and ordered as their bytes, so that a hash
 * map stays fast when somebody chooses CIDs whose hash codes collide. Immutable.
 */
public final class Cid implements Comparable<Cid> {
  /** The length of a blessed CID in bytes. */
  public static final int BLESSED_LENGTH = 36;

  /** The offset of the digest in a blessed CID. */
  public static final int DIGEST_OFFSET = 4;

  /** The longest CID that is read, in bytes (CB-20). */
  public static final int MAX_LENGTH = 100;

  private static final int VERSION = 1;
  private static final int SHA2_256 = 0x12;

  private final byte[] bytes;

  private Cid(byte[] bytes) {
    this.bytes = bytes;
  }

  /** The CID of a DAG-CBOR block. */
  public static Cid ofDagCbor(byte[] block) {
    return of(CidCodec.DAG_CBOR, block, 0, block.length, new Sha256());
  }

  /** The CID of a blob. */
  public static Cid ofRaw(byte[] blob) {
    return of(CidCodec.RAW, blob, 0, blob.length, new Sha256());
  }

  /** The CID of a slice, hashed with the caller's {@code sha256}. */
  public static Cid of(CidCodec codec, byte[] block, int offset, int length, Sha256 sha256) {
    byte[] bytes = new byte[BLESSED_LENGTH];
    head(codec, bytes);
    sha256.digest(block, offset, length, bytes, DIGEST_OFFSET);
    return new Cid(bytes);
  }

  /** The blessed CID with this digest, whose 32 bytes are copied. */
  public static Cid ofDigest(CidCodec codec, byte[] digest, int offset) {
    byte[] bytes = new byte[BLESSED_LENGTH];
    head(codec, bytes);
    System.arraycopy(digest, offset, bytes, DIGEST_OFFSET, Sha256.LENGTH);
    return new Cid(bytes);
  }

  private static void head(CidCodec codec, byte[] bytes) {
    bytes[0] = VERSION;
    bytes[1] = (byte) codec.code();
    bytes[2] = SHA2_256;
    bytes[3] = Sha256.LENGTH;
  }

  /**
   * Reads the text of a blessed CID (CID-04, CID-05).
   *
   * @throws InvalidCidException if it is anything else
   */
  public static Cid parse(String text) {
    return requireBlessed(parseAny(text));
  }

  /**
   * Reads the text of any CIDv1 in base32.
   *
   * @throws InvalidCidException if it is anything else
   */
  public static Cid parseAny(String text) {
    if (text.length() > 1 + MAX_LENGTH * 8 / 5) {
      throw new InvalidCidException("CID of " + text.length() + " characters");
    }
    byte[] bytes;
    try {
      bytes = Multibase.BASE32.decode(text);
    } catch (MultiformatException e) {
      throw new InvalidCidException("CID text: " + e.getMessage());
    }
    check(bytes, 0, bytes.length);
    return new Cid(bytes);
  }

  /**
   * Reads a blessed CID that fills the slice exactly.
   *
   * @throws InvalidCidException if it is anything else
   */
  public static Cid decode(byte[] in, int offset, int length) {
    return requireBlessed(decodeAny(in, offset, length));
  }

  /**
   * Reads any CIDv1 that fills the slice exactly.
   *
   * @throws InvalidCidException if it is anything else, version 0 included
   */
  public static Cid decodeAny(byte[] in, int offset, int length) {
    if (!isBlessed(in, offset, length)) {
      check(in, offset, length);
    }
    return new Cid(Arrays.copyOfRange(in, offset, offset + length));
  }

  /** True if the slice is a blessed CID and nothing more. */
  public static boolean isBlessed(byte[] in, int offset, int length) {
    return length == BLESSED_LENGTH
        && in[offset] == VERSION
        && (in[offset + 1] == 0x71 || in[offset + 1] == 0x55)
        && in[offset + 2] == SHA2_256
        && in[offset + 3] == Sha256.LENGTH;
  }

  /**
   * True if the slice is a blessed CID of a DAG-CBOR block, as the links of commits and tree nodes
   * must be (CID-06).
   */
  public static boolean isBlessedDagCbor(byte[] in, int offset, int length) {
    return isBlessed(in, offset, length) && in[offset + 1] == 0x71;
  }

  /**
   * Checks that the slice is a CIDv1 and nothing more.
   *
   * @throws InvalidCidException if not
   */
  public static void check(byte[] in, int offset, int length) {
    if (length > MAX_LENGTH) {
      throw new InvalidCidException("CID of " + length + " bytes, limit " + MAX_LENGTH);
    }
    int end = offset + length;
    int afterHead = lengthOfHead(in, offset, end);
    long digestLength = varint(in, afterHead, end);
    if (end - afterHead - UnsignedVarint.length(digestLength) != digestLength) {
      throw new InvalidCidException("CID with a digest not as long as it says");
    }
  }

  /**
   * The length of the CIDv1 that begins at {@code offset}; something else may follow it.
   *
   * @throws InvalidCidException if none begins there
   */
  public static int lengthAt(byte[] in, int offset, int limit) {
    if (limit - offset >= BLESSED_LENGTH && isBlessed(in, offset, BLESSED_LENGTH)) {
      return BLESSED_LENGTH;
    }
    int afterHead = lengthOfHead(in, offset, limit);
    long digestLength = varint(in, afterHead, limit);
    int digest = afterHead + UnsignedVarint.length(digestLength);
    if (digestLength > limit - digest || digest + digestLength - offset > MAX_LENGTH) {
      throw new InvalidCidException("CID is cut off or longer than " + MAX_LENGTH);
    }
    return (int) (digest + digestLength - offset);
  }

  /** Where the length of the digest stands, behind version, codec and hash function. */
  private static int lengthOfHead(byte[] in, int offset, int end) {
    long version = varint(in, offset, end);
    if (version != VERSION) {
      throw new InvalidCidException("CID of another version than 1");
    }
    int codec = offset + 1;
    int hash = codec + UnsignedVarint.length(varint(in, codec, end));
    return hash + UnsignedVarint.length(varint(in, hash, end));
  }

  private static long varint(byte[] in, int offset, int end) {
    try {
      return UnsignedVarint.decode(in, offset, end);
    } catch (MultiformatException e) {
      throw new InvalidCidException("CID: " + e.getMessage());
    }
  }

  private static Cid requireBlessed(Cid cid) {
    if (!cid.isBlessed()) {
      throw new InvalidCidException("CID that is not SHA-256 of DAG-CBOR or raw");
    }
    return cid;
  }

  /** True if this is the form that the protocol writes. */
  public boolean isBlessed() {
    return isBlessed(bytes, 0, bytes.length);
  }

  /** True if this is blessed and of a DAG-CBOR block. */
  public boolean isBlessedDagCbor() {
    return isBlessedDagCbor(bytes, 0, bytes.length);
  }

  /** The multicodec number of the block's form. */
  public long codec() {
    return UnsignedVarint.decode(bytes, 1, bytes.length);
  }

  /** The length of the binary form. */
  public int length() {
    return bytes.length;
  }

  /** A copy of the binary form. */
  public byte[] toByteArray() {
    return bytes.clone();
  }

  /** Writes the binary form to {@code out} and returns the offset behind it. */
  public int write(byte[] out, int offset) {
    System.arraycopy(bytes, 0, out, offset, bytes.length);
    return offset + bytes.length;
  }

  /** Writes the 32 digest bytes of a blessed CID to {@code out}. */
  public void writeDigest(byte[] out, int offset) {
    System.arraycopy(bytes, DIGEST_OFFSET, out, offset, Sha256.LENGTH);
  }

  /** True if the slice is the binary form of this. */
  public boolean matches(byte[] in, int offset, int length) {
    return length == bytes.length && Arrays.equals(bytes, 0, length, in, offset, offset + length);
  }

  @Override
  public int compareTo(Cid other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Cid that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** The text form. */
  @Override
  public String toString() {
    return Multibase.BASE32.encode(bytes);
  }
}
