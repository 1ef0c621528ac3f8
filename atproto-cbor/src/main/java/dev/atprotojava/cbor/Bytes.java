// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.cbor;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * An immutable run of bytes: a slice of an array.
 *
 * <p>Slicing shares the array, so a frame of the network is copied once, from the socket, and every
 * part of it is a slice. {@link #array} and {@link #offset} give code that parses the shared array
 * itself; nobody may write to it.
 */
public final class Bytes implements Comparable<Bytes> {
  /** No bytes. */
  public static final Bytes EMPTY = new Bytes(new byte[0], 0, 0);

  private final byte[] array;
  private final int offset;
  private final int length;

  private Bytes(byte[] array, int offset, int length) {
    this.array = array;
    this.offset = offset;
    this.length = length;
  }

  /** Takes an array over: the caller must not write to it again. */
  public static Bytes wrap(byte[] array) {
    return new Bytes(array, 0, array.length);
  }

  /** Takes a part of an array over: the caller must not write to it again. */
  public static Bytes wrap(byte[] array, int offset, int length) {
    checkRange(offset, length, array.length);
    return new Bytes(array, offset, length);
  }

  /** Of a copy of an array. */
  public static Bytes copyOf(byte[] array) {
    return wrap(array.clone());
  }

  /** Of the UTF-8 of a text. */
  public static Bytes ofUtf8(String text) {
    return wrap(Utf8.require(text).getBytes(StandardCharsets.UTF_8));
  }

  /** Of hexadecimal text. */
  public static Bytes fromHex(String hex) {
    return wrap(HexFormat.of().parseHex(hex));
  }

  private static void checkRange(int offset, int length, int limit) {
    if ((offset | length) < 0 || length > limit - offset) {
      throw new IndexOutOfBoundsException(offset + "+" + length + " of " + limit);
    }
  }

  /** The number of bytes. */
  public int length() {
    return length;
  }

  /** True if there are none. */
  public boolean isEmpty() {
    return length == 0;
  }

  /** One byte. */
  public byte at(int index) {
    if (index < 0 || index >= length) {
      throw new IndexOutOfBoundsException(index + " of " + length);
    }
    return array[offset + index];
  }

  /** A part of these bytes, sharing the array. */
  public Bytes slice(int from, int sliceLength) {
    checkRange(from, sliceLength, length);
    return new Bytes(array, offset + from, sliceLength);
  }

  /** The shared array, of which these bytes are {@link #length} from {@link #offset}: read only. */
  public byte[] array() {
    return array;
  }

  /** Where these bytes begin in {@link #array}. */
  public int offset() {
    return offset;
  }

  /** A copy. */
  public byte[] toByteArray() {
    return Arrays.copyOfRange(array, offset, offset + length);
  }

  /** A read-only view. */
  public ByteBuffer asByteBuffer() {
    return ByteBuffer.wrap(array, offset, length).slice().asReadOnlyBuffer();
  }

  /** Writes the bytes to {@code out} and returns the offset behind them. */
  public int write(byte[] out, int outOffset) {
    System.arraycopy(array, offset, out, outOffset, length);
    return outOffset + length;
  }

  /** The bytes as hexadecimal text. */
  public String toHex() {
    return HexFormat.of().formatHex(array, offset, offset + length);
  }

  /** The order of unsigned bytes, the shorter first where it begins the longer. */
  @Override
  public int compareTo(Bytes other) {
    return Arrays.compareUnsigned(
        array, offset, offset + length, other.array, other.offset, other.offset + other.length);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Bytes that
        && Arrays.equals(
            array, offset, offset + length, that.array, that.offset, that.offset + that.length);
  }

  @Override
  public int hashCode() {
    int hash = 1;
    for (int i = offset; i < offset + length; i++) {
      hash = 31 * hash + array[i];
    }
    return hash;
  }

  /** The number of bytes; not the bytes, which may be anybody's. */
  @Override
  public String toString() {
    return "Bytes[" + length + "]";
  }
}
