// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.car;

import dev.atprotojava.car.CarException.Reason;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborException;
import dev.atprotojava.cbor.CborReader;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.cid.InvalidCidException;
import dev.atprotojava.cid.Sha256;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the blocks of a CAR that is in memory, in the order of the file. For a file that is
 * not, or is too large to be, there is {@link CarStream}, which decides by the same code.
 *
 * <pre>
 *   varint | header: {"roots": [link...], "version": 1}
 *   varint | CID | data
 *   varint | CID | data ...
 * </pre>
 *
 * <p>{@link #next} checks that each block hashes to its CID (CAR-08) where the hash is SHA-256; a
 * block with another hash is passed over as it is and {@link #hashed} says so. A reader {@link
 * #withoutHashing} checks none, for files that one has written and kept oneself. Blocks may come in
 * any order, twice, or unasked for (CAR-09): that is the caller's business. Blocks are slices of
 * the input; nothing is allocated but by {@link #root}, {@link #cid} and {@link #data}.
 *
 * <p>One reader is made once and reset for each file. Not thread-safe. After an exception it must
 * be reset.
 */
public final class CarReader {
  private static final byte[] ROOTS = "roots".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] VERSION = "version".getBytes(StandardCharsets.US_ASCII);

  private final CarLimits limits;
  private final @Nullable Sha256 sha256; // null: trusts the file
  private final CborReader cbor = new CborReader();
  private final int[] rootOffset;
  private final int[] rootLength;
  private int roots;

  private byte[] in = new byte[0];
  private long origin; // where in[0] is in the file
  private int end;
  private int at;

  private int sectionOffset;
  private int sectionLength;
  private int cidOffset;
  private int cidLength;
  private int dataLength;
  private boolean hashed;

  /** A reader with {@link CarLimits#DEFAULT}. */
  public CarReader() {
    this(CarLimits.DEFAULT, new Sha256());
  }

  /** A reader with limits of its own, which hashes with {@code sha256}. */
  public CarReader(CarLimits limits, Sha256 sha256) {
    this(sha256, limits);
  }

  private CarReader(@Nullable Sha256 sha256, CarLimits limits) {
    this.limits = limits;
    this.sha256 = sha256;
    this.rootOffset = new int[limits.maxRoots()];
    this.rootLength = new int[limits.maxRoots()];
  }

  /** A reader that believes the CIDs of a file: none of its blocks counts as {@link #hashed}. */
  public static CarReader withoutHashing(CarLimits limits) {
    return new CarReader(null, limits);
  }

  /**
   * Begins anew on a file and reads its header.
   *
   * @throws CarException if it has none
   */
  public CarReader reset(Bytes file) {
    return reset(file.array(), file.offset(), file.length());
  }

  /**
   * Begins anew on a slice and reads the header.
   *
   * @throws CarException if it has none
   */
  public CarReader reset(byte[] array, int offset, int length) {
    window(array, offset, offset + length, 0);
    header();
    return this;
  }

  /** Goes on in a part of the file: {@code array[from]} is byte {@code fileOffset} of it. */
  void window(byte[] array, int from, int to, long fileOffset) {
    in = array;
    at = from;
    end = to;
    origin = fileOffset - from;
  }

  /** Reads the header, which the window has all of. */
  void header() {
    roots = 0;
    int headerLength = section(limits.maxHeaderBytes());
    try {
      readHeader(headerLength);
    } catch (CborException e) {
      throw failure(Reason.HEADER, at + e.offset());
    }
    at += headerLength;
  }

  private void readHeader(int length) {
    cbor.reset(in, at, length);
    boolean sawRoots = false;
    boolean sawVersion = false;
    cbor.readMap();
    while (cbor.nextKey()) {
      if (cbor.keyIs(ROOTS)) {
        sawRoots = true;
        readRoots();
      } else if (cbor.keyIs(VERSION)) {
        sawVersion = true;
        if (cbor.readInteger() != 1) {
          throw failure(Reason.VERSION, at);
        }
      } else {
        cbor.skip(); // CAR-03: extra keys are legal
      }
    }
    cbor.requireEnd();
    if (!sawRoots || !sawVersion) {
      throw failure(sawRoots ? Reason.VERSION : Reason.HEADER, at);
    }
  }

  private void readRoots() {
    if (cbor.readArray() > limits.maxRoots()) {
      throw failure(Reason.TOO_LARGE, at);
    }
    while (cbor.nextElement()) {
      cbor.readLinkSpan();
      rootOffset[roots] = cbor.spanOffset();
      rootLength[roots] = cbor.spanLength();
      roots++;
    }
  }

  /** The number of roots, which may be none (CAR-06). */
  public int roots() {
    return roots;
  }

  /** A root. */
  public Cid root(int index) {
    return Cid.decodeAny(in, rootOffset(index), rootLength(index));
  }

  /** Where the CID of a root begins in the input array. */
  public int rootOffset(int index) {
    checkRoot(index);
    return rootOffset[index];
  }

  /** The length of the CID of a root. */
  public int rootLength(int index) {
    checkRoot(index);
    return rootLength[index];
  }

  private void checkRoot(int index) {
    if (index < 0 || index >= roots) {
      throw new IndexOutOfBoundsException(index + " of " + roots);
    }
  }

  /**
   * Goes to the next block; false at the end of the file.
   *
   * @throws CarException if the file is cut off, or the block is not what its CID says
   */
  public boolean next() {
    if (at == end) {
      return false;
    }
    int from = at;
    int length = section(limits.maxSectionBytes());
    cidOffset = at;
    cidLength = cidLength(at + length);
    dataLength = length - cidLength;
    if (dataLength > limits.maxBlockBytes()) {
      throw failure(Reason.TOO_LARGE, from);
    }
    hashed = sha256 != null && Cid.isBlessed(in, cidOffset, cidLength);
    if (sha256 != null
        && hashed
        && !sha256.matches(
            in, cidOffset + cidLength, dataLength, in, cidOffset + Cid.DIGEST_OFFSET)) {
      throw failure(Reason.HASH_MISMATCH, from);
    }
    at += length;
    return true;
  }

  private int cidLength(int limit) {
    try {
      return Cid.lengthAt(in, at, limit);
    } catch (InvalidCidException e) {
      throw failure(Reason.INVALID_CID, at);
    }
  }

  /** Goes behind the length of the next section, which is in the window and within the limit. */
  private int section(int limit) {
    if (!peekLength(limit) || sectionLength > end - sectionOffset) {
      throw failure(Reason.TRUNCATED, at);
    }
    at = sectionOffset;
    return sectionLength;
  }

  /**
   * How many bytes of the next section are known to lie behind the window; 0 if it has them all.
   *
   * @throws CarException if the section's length is wrong whatever follows
   */
  int missing(int limit) {
    return peekLength(limit) ? Math.max(0, sectionLength - (end - sectionOffset)) : 1;
  }

  /** Reads the length of the next section without going there; false if it is cut off. */
  private boolean peekLength(int limit) {
    long length = 0;
    int next = at;
    for (int shift = 0; next < end; shift += 7) {
      byte b = in[next++];
      length |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        if (b == 0) { // zero itself (CAR-07), or a longer form than needed
          throw failure(Reason.VARINT, at);
        }
        if (length > limit || length > limits.maxFileBytes() - (origin + next)) {
          throw failure(Reason.TOO_LARGE, at);
        }
        sectionOffset = next;
        sectionLength = (int) length;
        return true;
      }
      if (shift == 56) {
        throw failure(Reason.VARINT, at);
      }
    }
    return false;
  }

  /** Where in the input array the next section begins. */
  int position() {
    return at;
  }

  /** The same in the file. */
  long fileOffset() {
    return origin + at;
  }

  /**
   * True if the hash of the current block was checked, which it is when its CID is blessed unless
   * this reader is {@link #withoutHashing}.
   */
  public boolean hashed() {
    return hashed;
  }

  /** Where the CID of the current block begins in the input array. */
  public int cidOffset() {
    return cidOffset;
  }

  /** The length of the CID of the current block. */
  public int cidLength() {
    return cidLength;
  }

  /** Where the data of the current block begins in the input array. */
  public int dataOffset() {
    return cidOffset + cidLength;
  }

  /** The length of the data of the current block. */
  public int dataLength() {
    return dataLength;
  }

  /** The CID of the current block. */
  public Cid cid() {
    return Cid.decodeAny(in, cidOffset, cidLength);
  }

  /** The data of the current block, sharing the input. */
  public Bytes data() {
    return Bytes.wrap(in, dataOffset(), dataLength);
  }

  /** The input array, which the offsets refer to. */
  public byte[] array() {
    return in;
  }

  private CarException failure(Reason reason, int where) {
    return new CarException(reason, origin + where);
  }
}
