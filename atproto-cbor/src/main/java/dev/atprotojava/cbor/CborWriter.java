// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.cbor;

import dev.atprotojava.cid.Cid;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes DAG-CBOR into a buffer that grows, in the one form that {@link CborReader} accepts.
 *
 * <p>Heads are always the shortest (CB-02). A caller that writes a map writes its keys in canonical
 * order ({@link CborValue} sorts them); the writer has no way to write a form that the data model
 * does not have, but does not check order or counts. Reused after {@link #clear}. Not thread-safe.
 */
public final class CborWriter {
  private byte[] out;
  private int length;

  public CborWriter() {
    this(512);
  }

  /** A writer whose buffer begins with this many bytes. */
  public CborWriter(int capacity) {
    out = new byte[capacity];
  }

  /** Forgets what was written. */
  public CborWriter clear() {
    length = 0;
    return this;
  }

  /** The number of bytes that were written. */
  public int length() {
    return length;
  }

  /** The buffer itself, of which the first {@link #length} bytes count, until the next write. */
  public byte[] array() {
    return out;
  }

  /** A copy of what was written. */
  public byte[] toByteArray() {
    return Arrays.copyOf(out, length);
  }

  /** A copy of what was written. */
  public Bytes toBytes() {
    return Bytes.wrap(toByteArray());
  }

  /** Writes an integer. */
  public CborWriter writeInteger(long value) {
    return value >= 0 ? head(0x00, value) : head(0x20, -1 - value);
  }

  /**
   * Writes text.
   *
   * @throws IllegalArgumentException if it has half a surrogate pair (CB-08)
   */
  public CborWriter writeText(String text) {
    return writeText(Utf8.require(text).getBytes(StandardCharsets.UTF_8));
  }

  /** Writes text that is UTF-8 already, on the caller's word. */
  public CborWriter writeText(byte[] utf8) {
    head(0x60, utf8.length);
    return raw(utf8, 0, utf8.length);
  }

  /** Writes a byte string. */
  public CborWriter writeBytes(byte[] bytes) {
    return writeBytes(bytes, 0, bytes.length);
  }

  /** Writes a byte string. */
  public CborWriter writeBytes(Bytes bytes) {
    return writeBytes(bytes.array(), bytes.offset(), bytes.length());
  }

  /** Writes a slice as a byte string. */
  public CborWriter writeBytes(byte[] bytes, int offset, int count) {
    head(0x40, count);
    return raw(bytes, offset, count);
  }

  /** Writes a link. */
  public CborWriter writeLink(Cid cid) {
    head(0xc0, 42);
    head(0x40, cid.length() + 1L);
    ensure(cid.length() + 1);
    out[length++] = 0;
    length = cid.write(out, length);
    return this;
  }

  /** Writes true or false. */
  public CborWriter writeBoolean(boolean value) {
    return raw((byte) (value ? 0xf5 : 0xf4));
  }

  /** Writes null. */
  public CborWriter writeNull() {
    return raw((byte) 0xf6);
  }

  /** Begins an array; this many items must follow. */
  public CborWriter writeArray(int elements) {
    return head(0x80, elements);
  }

  /** Begins a map; this many pairs of a key, written as text, and a value must follow. */
  public CborWriter writeMap(int pairs) {
    return head(0xa0, pairs);
  }

  /**
   * Writes bytes that are DAG-CBOR already, as they are: what is passed on stays what it was
   * (CB-22).
   */
  public CborWriter writeEncoded(byte[] encoded, int offset, int count) {
    return raw(encoded, offset, count);
  }

  private CborWriter head(int major, long value) {
    ensure(9);
    if (value < 24) {
      out[length++] = (byte) (major | value);
      return this;
    }
    int log = value < 1 << 8 ? 0 : value < 1 << 16 ? 1 : value < 1L << 32 ? 2 : 3;
    out[length++] = (byte) (major | 24 + log);
    for (int shift = (8 << log) - 8; shift >= 0; shift -= 8) {
      out[length++] = (byte) (value >>> shift);
    }
    return this;
  }

  private CborWriter raw(byte b) {
    ensure(1);
    out[length++] = b;
    return this;
  }

  private CborWriter raw(byte[] bytes, int offset, int count) {
    ensure(count);
    System.arraycopy(bytes, offset, out, length, count);
    length += count;
    return this;
  }

  private void ensure(int more) {
    if (out.length - length < more) {
      out = Arrays.copyOf(out, Math.max(out.length * 2, Math.addExact(length, more)));
    }
  }
}
