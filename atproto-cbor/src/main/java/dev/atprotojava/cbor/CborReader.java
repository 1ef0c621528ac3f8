// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.cbor;

import dev.atprotojava.cbor.CborException.Reason;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.cid.InvalidCidException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads DAG-CBOR item by item from a slice, and accepts nothing else: every rule CB-01 to CB-16 is
 * checked on the bytes that are read or skipped.
 *
 * <pre>{@code
 * CborReader in = new CborReader().reset(bytes);
 * in.readMap();
 * while (in.nextKey()) {
 *   if (in.keyIs(SEQ)) {
 *     seq = in.readInteger();
 *   } else {
 *     in.skip(); // unknown fields are checked like all others
 *   }
 * }
 * in.requireEnd();
 * }</pre>
 *
 * <p>Containers are entered with {@link #readMap} and {@link #readArray} and left when {@link
 * #nextKey} or {@link #nextElement} returns false. Text, bytes and links are read as objects, or as
 * spans of the input ({@link #readTextSpan} and its sisters, then {@link #spanOffset} and {@link
 * #spanLength}), which allocates nothing. Offsets are those of the input array.
 *
 * <p>One reader is made once and reset for each input. Not thread-safe. After an exception it must
 * be reset.
 */
public final class CborReader {
  private static final int UNSIGNED = 0;
  private static final int NEGATIVE = 1;
  private static final int BYTE_STRING = 2;
  private static final int TEXT_STRING = 3;
  private static final int ARRAY = 4;
  private static final int MAP = 5;
  private static final int TAG = 6;

  private static final int FALSE = 0xf4;
  private static final int TRUE = 0xf5;
  private static final int NULL = 0xf6;
  private static final int LINK_TAG = 42;

  private final CborLimits limits;
  private final CborScan scan;

  private byte[] in = new byte[0];
  private int start;
  private int end;
  private int at;

  private int spanOffset;
  private int spanLength;

  // One entry for each container that is open, the innermost last. Of a map, `left` counts pairs;
  // keyOffset is -1 before its first key.
  private int depth;
  private final boolean[] isMap;
  private final int[] left;
  private final int[] keyOffset;
  private final int[] keyLength;

  /** A reader with {@link CborLimits#DEFAULT}. */
  public CborReader() {
    this(CborLimits.DEFAULT);
  }

  /** A reader with limits of its own. */
  public CborReader(CborLimits limits) {
    this.limits = limits;
    this.scan = new CborScan(limits);
    this.isMap = new boolean[limits.maxDepth()];
    this.left = new int[limits.maxDepth()];
    this.keyOffset = new int[limits.maxDepth()];
    this.keyLength = new int[limits.maxDepth()];
  }

  /** Begins anew on these bytes. */
  public CborReader reset(Bytes bytes) {
    return reset(bytes.array(), bytes.offset(), bytes.length());
  }

  /** Begins anew on a slice, which must not change while it is read. */
  public CborReader reset(byte[] array, int offset, int length) {
    if ((offset | length) < 0 || length > array.length - offset) {
      throw new IndexOutOfBoundsException(offset + "+" + length + " of " + array.length);
    }
    in = array;
    start = offset;
    at = offset;
    end = offset + length;
    depth = 0;
    if (length > limits.maxInputBytes()) {
      throw failure(Reason.TOO_LARGE, offset);
    }
    return this;
  }

  /** Checks that a slice is one item of DAG-CBOR, whatever it says. */
  public void check(byte[] array, int offset, int length) {
    reset(array, offset, length);
    skip();
    requireEnd();
  }

  /** The offset in the input array of what comes next. */
  public int position() {
    return at;
  }

  /** The number of bytes that are left. */
  public int remaining() {
    return end - at;
  }

  /** Fails unless everything was read (CB-15). */
  public void requireEnd() {
    if (depth != 0) {
      throw new IllegalStateException(depth + " containers are open");
    }
    if (at != end) {
      throw failure(Reason.TRAILING_BYTES, at);
    }
  }

  /** The type of the next item, which is not consumed. */
  public CborType peek() {
    int head = head();
    return switch (head >>> 5) {
      case UNSIGNED, NEGATIVE -> CborType.INTEGER;
      case BYTE_STRING -> CborType.BYTES;
      case TEXT_STRING -> CborType.TEXT;
      case ARRAY -> CborType.ARRAY;
      case MAP -> CborType.MAP;
      case TAG -> CborType.LINK;
      default ->
          switch (head) {
            case FALSE, TRUE -> CborType.BOOLEAN;
            case NULL -> CborType.NULL;
            default -> throw failure(reasonOfSimple(head), at);
          };
    };
  }

  /** Reads an integer. */
  public long readInteger() {
    int head = head();
    int from = at;
    if (head < NEGATIVE << 5) {
      return argument(head, from);
    }
    if (head < BYTE_STRING << 5) {
      return -1 - argument(head, from);
    }
    throw unexpected(head);
  }

  /** Reads true or false. */
  public boolean readBoolean() {
    int head = head();
    if (head != TRUE && head != FALSE) {
      throw unexpected(head);
    }
    at++;
    return head == TRUE;
  }

  /** Consumes a null if that is what comes next; otherwise nothing, and returns false. */
  public boolean tryReadNull() {
    if (head() != NULL) {
      return false;
    }
    at++;
    return true;
  }

  /** Reads text. */
  public String readText() {
    readTextSpan();
    return new String(in, spanOffset, spanLength, StandardCharsets.UTF_8);
  }

  /** Reads text, checks that it is UTF-8, and leaves it where it is. */
  public void readTextSpan() {
    readSpan(TEXT_STRING);
    if (!Utf8.isValid(in, spanOffset, spanLength)) {
      throw failure(Reason.NOT_UTF8, spanOffset);
    }
  }

  /** Reads a byte string, sharing the input. */
  public Bytes readBytes() {
    readSpan(BYTE_STRING);
    return Bytes.wrap(in, spanOffset, spanLength);
  }

  /** Reads a byte string and leaves it where it is. */
  public void readBytesSpan() {
    readSpan(BYTE_STRING);
  }

  /** Reads a link: any CIDv1. */
  public Cid readLink() {
    readLinkSpan();
    return Cid.decodeAny(in, spanOffset, spanLength);
  }

  /**
   * Reads a link, checks that it is a CIDv1, and leaves its bytes where they are. The span is the
   * binary CID without the zero in front.
   */
  public void readLinkSpan() {
    int from = at;
    int head = head();
    if (head >>> 5 != TAG) {
      throw unexpected(head);
    }
    if (argument(head, from) != LINK_TAG || at == end || (in[at] & 0xff) >>> 5 != BYTE_STRING) {
      throw failure(at == end ? Reason.TRUNCATED : Reason.TAG, from);
    }
    readSpan(BYTE_STRING);
    if (spanLength == 0 || in[spanOffset] != 0) {
      throw failure(Reason.INVALID_CID, from);
    }
    spanOffset++;
    spanLength--;
    if (!Cid.isBlessed(in, spanOffset, spanLength)) {
      try {
        Cid.check(in, spanOffset, spanLength);
      } catch (InvalidCidException e) {
        throw failure(Reason.INVALID_CID, from);
      }
    }
  }

  /** Where the last text, byte string or link begins in the input array. */
  public int spanOffset() {
    return spanOffset;
  }

  /** How long it is, in bytes. */
  public int spanLength() {
    return spanLength;
  }

  /** The last text, byte string or link, sharing the input. */
  public Bytes span() {
    return Bytes.wrap(in, spanOffset, spanLength);
  }

  /** Enters an array and returns the number of its elements. */
  public int readArray() {
    return enter(ARRAY);
  }

  /** True if the array has another element, which must then be read; false leaves the array. */
  public boolean nextElement() {
    requireOpen(false);
    if (left[depth - 1] == 0) {
      depth--;
      return false;
    }
    left[depth - 1]--;
    return true;
  }

  /** Enters a map and returns the number of its pairs. */
  public int readMap() {
    int pairs = enter(MAP);
    keyOffset[depth - 1] = -1;
    return pairs;
  }

  /**
   * Reads the next key of the map, whose value must then be read; false leaves the map. The key is
   * checked to be greater than the one before it, so no key comes twice.
   */
  public boolean nextKey() {
    requireOpen(true);
    int map = depth - 1;
    if (left[map] == 0) {
      depth--;
      return false;
    }
    left[map]--;
    int from = at;
    int head = head();
    if (head >>> 5 != TEXT_STRING) {
      throw failure(Reason.KEY_NOT_TEXT, from);
    }
    readTextSpan();
    if (spanLength > limits.maxKeyBytes()) {
      throw failure(Reason.TOO_LARGE, from);
    }
    if (keyOffset[map] >= 0) {
      requireRising(map, from);
    }
    keyOffset[map] = spanOffset;
    keyLength[map] = spanLength;
    return true;
  }

  /** Keys are in order of length, and of their bytes where they are equally long (CB-10). */
  private void requireRising(int map, int from) {
    int order = keyLength[map] - spanLength;
    if (order == 0) {
      order =
          Arrays.compareUnsigned(
              in,
              keyOffset[map],
              keyOffset[map] + keyLength[map],
              in,
              spanOffset,
              spanOffset + spanLength);
    }
    if (order >= 0) {
      throw failure(order == 0 ? Reason.DUPLICATE_KEY : Reason.KEY_ORDER, from);
    }
  }

  /** True if the current key of the innermost map has these bytes. */
  public boolean keyIs(byte[] utf8) {
    requireOpen(true);
    int map = depth - 1;
    return keyLength[map] == utf8.length
        && Arrays.equals(in, keyOffset[map], keyOffset[map] + utf8.length, utf8, 0, utf8.length);
  }

  /** The current key of the innermost map. */
  public String key() {
    requireOpen(true);
    int map = depth - 1;
    return new String(in, keyOffset[map], keyLength[map], StandardCharsets.UTF_8);
  }

  /** Reads over the next item, however it is nested, and checks it all the same. */
  public void skip() {
    int behind = scan.skip(in, at, end, limits.maxDepth() - depth);
    if (behind != CborScan.NONE) {
      at = behind;
      return;
    }
    int outside = depth; // once more, for the reason
    do {
      if (depth > outside && !(isMap[depth - 1] ? nextKey() : nextElement())) {
        continue;
      }
      skipHead();
    } while (depth > outside);
  }

  /** Reads over a scalar, or into a container. */
  private void skipHead() {
    int head = head();
    switch (head >>> 5) {
      case UNSIGNED, NEGATIVE -> argument(head, at);
      case BYTE_STRING -> readSpan(BYTE_STRING);
      case TEXT_STRING -> readTextSpan();
      case ARRAY -> readArray();
      case MAP -> readMap();
      case TAG -> readLinkSpan();
      default -> {
        if (head < FALSE || head > NULL) {
          throw failure(reasonOfSimple(head), at);
        }
        at++;
      }
    }
  }

  private int enter(int type) {
    int from = at;
    int head = head();
    if (head >>> 5 != type) {
      throw unexpected(head);
    }
    if (depth == limits.maxDepth()) {
      throw failure(Reason.TOO_DEEP, from);
    }
    long count = argument(head, from);
    // Each element takes a byte at least, each pair two: what claims more than is left is cut off.
    if (count > (type == MAP ? remaining() / 2 : remaining())) {
      throw failure(Reason.TRUNCATED, from);
    }
    if (count > limits.maxElements()) {
      throw failure(Reason.TOO_LARGE, from);
    }
    isMap[depth] = type == MAP;
    left[depth] = (int) count;
    depth++;
    return (int) count;
  }

  private void requireOpen(boolean map) {
    if (depth == 0 || isMap[depth - 1] != map) {
      throw new IllegalStateException(map ? "not in a map" : "not in an array");
    }
  }

  /** Reads the head of a string and steps over its body, which becomes the span. */
  private void readSpan(int type) {
    int from = at;
    int head = head();
    if (head >>> 5 != type) {
      throw unexpected(head);
    }
    long length = argument(head, from);
    if (length > end - at) {
      throw failure(Reason.TRUNCATED, from);
    }
    spanOffset = at;
    spanLength = (int) length;
    at += spanLength;
  }

  /** The first byte of the next item, which is not consumed. */
  private int head() {
    if (at >= end) {
      throw failure(Reason.TRUNCATED, at);
    }
    return in[at] & 0xff;
  }

  /** Consumes a head and returns its number, 0 to 2^63 - 1. */
  private long argument(int head, int from) {
    at++;
    int low = head & 31;
    if (low < 24) {
      return low;
    }
    if (low > 27) {
      throw failure(Reason.INDEFINITE_LENGTH, from);
    }
    int bytes = 1 << (low - 24);
    if (bytes > end - at) {
      throw failure(Reason.TRUNCATED, from);
    }
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value = value << 8 | (in[at++] & 0xff);
    }
    if (bytes == 8 && value < 0) {
      throw failure(Reason.INTEGER_RANGE, from);
    }
    // The half as many bytes, or the head itself, would have held it.
    if (bytes == 1 ? value < 24 : value >>> (bytes * 4) == 0) {
      throw failure(Reason.NOT_SHORTEST, from);
    }
    return value;
  }

  private CborException unexpected(int head) {
    boolean known = head >>> 5 != 7 || (head >= FALSE && head <= NULL);
    return failure(known ? Reason.UNEXPECTED_TYPE : reasonOfSimple(head), at);
  }

  private static Reason reasonOfSimple(int head) {
    return switch (head & 31) {
      case 25, 26, 27 -> Reason.FLOAT;
      case 28, 29, 30 -> Reason.INDEFINITE_LENGTH;
      default -> Reason.SIMPLE_VALUE;
    };
  }

  private CborException failure(Reason reason, int where) {
    return new CborException(reason, where - start);
  }
}
