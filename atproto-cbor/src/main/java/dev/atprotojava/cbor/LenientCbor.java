// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.cbor;

import dev.atprotojava.cbor.CborException.Reason;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.cid.InvalidCidException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads CBOR that says something the data model has but says it in another form than the canonical
 * one: longer heads, indefinite lengths, map keys in any order. Writing the value that comes out
 * gives the canonical form.
 *
 * <p>This is for the envelope of an event alone, which is neither signed nor hashed; nothing that
 * is may ever be read with it. What DAG-CBOR has no form for stays refused: floats, other tags,
 * duplicate keys, integers of more than 64 signed bits, text that is not UTF-8.
 *
 * <p>What is read is built, and a byte of input can be a map; so the limit on the elements of a
 * container is here one on all items of the input together. Time is that of sorting the keys.
 */
public final class LenientCbor {
  private static final int INDEFINITE = -1;
  private static final int BREAK = 0xff;

  private final byte[] in;
  private final int start;
  private final int end;
  private final CborLimits limits;
  private int at;
  private int items;

  private LenientCbor(Bytes bytes, CborLimits limits) {
    this.in = bytes.array();
    this.start = bytes.offset();
    this.end = start + bytes.length();
    this.limits = limits;
    this.at = start;
    if (bytes.length() > limits.maxInputBytes()) {
      throw failure(Reason.TOO_LARGE, at);
    }
  }

  /**
   * Reads the items that fill the input, one behind the other.
   *
   * @throws CborException if the bytes are no CBOR, or something that DAG-CBOR cannot say
   */
  public static List<CborValue> decodeSequence(Bytes bytes, CborLimits limits) {
    LenientCbor reader = new LenientCbor(bytes, limits);
    List<CborValue> items = new ArrayList<>(2);
    while (reader.at < reader.end) {
      items.add(reader.read(0));
    }
    return items;
  }

  private CborValue read(int depth) {
    int from = at;
    int head = next();
    int low = head & 31;
    if (++items > limits.maxElements()) {
      throw failure(Reason.TOO_LARGE, from);
    }
    return switch (head >>> 5) {
      case 0 -> new CborValue.IntegerValue(number(low, from));
      case 1 -> new CborValue.IntegerValue(-1 - number(low, from));
      case 2 -> new CborValue.BytesValue(string(2, low, from));
      case 3 -> new CborValue.TextValue(text(string(3, low, from), from));
      case 4 -> array(low, from, depth);
      case 5 -> map(low, from, depth);
      case 6 -> link(low, from);
      default ->
          switch (head) {
            case 0xf4 -> new CborValue.BooleanValue(false);
            case 0xf5 -> new CborValue.BooleanValue(true);
            case 0xf6 -> new CborValue.NullValue();
            case 0xf9, 0xfa, 0xfb -> throw failure(Reason.FLOAT, from);
            default -> throw failure(Reason.SIMPLE_VALUE, from);
          };
    };
  }

  private CborValue array(int low, int from, int depth) {
    long count = open(low, from, depth);
    List<CborValue> elements = new ArrayList<>();
    while (more(count, elements.size())) {
      elements.add(read(depth + 1));
    }
    return new CborValue.ArrayValue(elements);
  }

  private CborValue map(int low, int from, int depth) {
    long count = open(low, from, depth);
    List<Entry> entries = new ArrayList<>();
    while (more(count, entries.size())) {
      int keyAt = at;
      int head = next();
      if (head >>> 5 != 3) {
        throw failure(Reason.KEY_NOT_TEXT, keyAt);
      }
      Bytes key = string(3, head & 31, keyAt);
      if (key.length() > limits.maxKeyBytes()) {
        throw failure(Reason.TOO_LARGE, keyAt);
      }
      entries.add(new Entry(key, keyAt, text(key, keyAt), read(depth + 1)));
    }
    return new CborValue.MapValue(inOrder(entries));
  }

  /** Sorts by the bytes of the keys, which are all there: no key is decoded twice. */
  private Map<String, CborValue> inOrder(List<Entry> entries) {
    entries.sort(Entry::compareTo);
    Map<String, CborValue> map = LinkedHashMap.newLinkedHashMap(entries.size());
    Entry before = null;
    for (Entry entry : entries) {
      if (before != null && before.compareTo(entry) == 0) {
        throw failure(Reason.DUPLICATE_KEY, entry.keyAt());
      }
      map.put(entry.name(), entry.value());
      before = entry;
    }
    return map;
  }

  private record Entry(Bytes key, int keyAt, String name, CborValue value)
      implements Comparable<Entry> {
    @Override
    public int compareTo(Entry other) {
      return key.length() != other.key.length()
          ? Integer.compare(key.length(), other.key.length())
          : key.compareTo(other.key);
    }
  }

  private long open(int low, int from, int depth) {
    if (depth >= limits.maxDepth()) {
      throw failure(Reason.TOO_DEEP, from);
    }
    return low == 31 ? INDEFINITE : number(low, from);
  }

  private boolean more(long count, int have) {
    if (count != INDEFINITE) {
      return have < count;
    }
    if (at < end && (in[at] & 0xff) == BREAK) {
      at++;
      return false;
    }
    return true;
  }

  private CborValue link(int low, int from) {
    if (number(low, from) != 42) {
      throw failure(Reason.TAG, from);
    }
    int head = next();
    if (head >>> 5 != 2) {
      throw failure(Reason.TAG, from);
    }
    Bytes content = string(2, head & 31, from);
    try {
      if (content.isEmpty() || content.at(0) != 0) {
        throw failure(Reason.INVALID_CID, from);
      }
      return new CborValue.LinkValue(
          Cid.decodeAny(content.array(), content.offset() + 1, content.length() - 1));
    } catch (InvalidCidException e) {
      throw failure(Reason.INVALID_CID, from);
    }
  }

  private Bytes string(int major, int low, int from) {
    if (low != 31) {
      return definite(low, from);
    }
    ByteArrayOutputStream chunks = new ByteArrayOutputStream();
    for (int head = next(); head != BREAK; head = next()) {
      if (head >>> 5 != major || (head & 31) == 31) {
        throw failure(Reason.INDEFINITE_LENGTH, from);
      }
      Bytes chunk = definite(head & 31, from);
      if (major == 3 && !Utf8.isValid(chunk.array(), chunk.offset(), chunk.length())) {
        throw failure(Reason.NOT_UTF8, from); // no character may be spread over two chunks
      }
      chunks.write(chunk.array(), chunk.offset(), chunk.length());
    }
    return Bytes.wrap(chunks.toByteArray());
  }

  private Bytes definite(int low, int from) {
    long length = number(low, from);
    if (length > end - at) {
      throw failure(Reason.TRUNCATED, from);
    }
    Bytes bytes = Bytes.wrap(in, at, (int) length);
    at += (int) length;
    return bytes;
  }

  private String text(Bytes utf8, int from) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(utf8.array(), utf8.offset(), utf8.length()))
          .toString();
    } catch (CharacterCodingException e) {
      throw failure(Reason.NOT_UTF8, from);
    }
  }

  private long number(int low, int from) {
    if (low < 24) {
      return low;
    }
    if (low > 27) {
      throw failure(Reason.INDEFINITE_LENGTH, from);
    }
    long value = 0;
    for (int i = 1 << (low - 24); i > 0; i--) {
      value = value << 8 | next();
    }
    if (value < 0) {
      throw failure(Reason.INTEGER_RANGE, from);
    }
    return value;
  }

  private int next() {
    if (at >= end) {
      throw failure(Reason.TRUNCATED, at);
    }
    return in[at++] & 0xff;
  }

  private CborException failure(Reason reason, int where) {
    return new CborException(reason, where - start);
  }
}
