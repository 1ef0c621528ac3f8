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

/**
 * Goes through the blocks of a CAR that is in memory, in the order of the file.
 *
 * <pre>
 *   varint | header: {"roots": [link...], "version": 1}
 *   varint | CID | data
 *   varint | CID | data ...
 * </pre>
 *
 * <p>{@link #next} checks that each block hashes to its CID (CAR-08) where the hash is SHA-256; a
 * block with another hash is passed over as it is and {@link #hashed} says so. Blocks may come in
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
  private final Sha256 sha256;
  private final CborReader cbor = new CborReader();
  private final int[] rootOffset;
  private final int[] rootLength;
  private int roots;

  private byte[] in = new byte[0];
  private int start;
  private int end;
  private int at;

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
    this.limits = limits;
    this.sha256 = sha256;
    this.rootOffset = new int[limits.maxRoots()];
    this.rootLength = new int[limits.maxRoots()];
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
    in = array;
    start = offset;
    at = offset;
    end = offset + length;
    roots = 0;
    int headerLength = section(limits.maxHeaderBytes());
    try {
      readHeader(headerLength);
    } catch (CborException e) {
      throw failure(Reason.HEADER, at + e.offset());
    }
    at += headerLength;
    return this;
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
    int length = section(limits.maxBlockBytes() + Cid.MAX_LENGTH);
    cidOffset = at;
    cidLength = cidLength(at + length);
    dataLength = length - cidLength;
    if (dataLength > limits.maxBlockBytes()) {
      throw failure(Reason.TOO_LARGE, from);
    }
    hashed = Cid.isBlessed(in, cidOffset, cidLength);
    if (hashed
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

  /** Reads the length of what follows, which is in the file and within the limit. */
  private int section(int limit) {
    int from = at;
    long length = 0;
    for (int shift = 0; ; shift += 7) {
      if (at == end) {
        throw failure(Reason.TRUNCATED, from);
      }
      byte b = in[at++];
      length |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        if (b == 0) { // zero itself (CAR-07), or a longer form than needed
          throw failure(Reason.VARINT, from);
        }
        break;
      }
      if (shift == 56) {
        throw failure(Reason.VARINT, from);
      }
    }
    if (length > limit) {
      throw failure(Reason.TOO_LARGE, from);
    }
    if (length > end - at) {
      throw failure(Reason.TRUNCATED, from);
    }
    return (int) length;
  }

  /** True if the hash of the current block was checked, which it is when its CID is blessed. */
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
    return new CarException(reason, where - start);
  }
}
