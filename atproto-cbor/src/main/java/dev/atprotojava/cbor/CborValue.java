// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.cbor;

import dev.atprotojava.cid.Cid;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A value of the data model, as a tree.
 *
 * <p>For the places that need to look at data whose shape they do not know; code that knows the
 * shape reads with {@link CborReader}. Values are immutable and equal when their encodings are.
 */
public sealed interface CborValue {
  /** A whole number of 64 signed bits. */
  record IntegerValue(long value) implements CborValue {}

  /** A byte string. */
  record BytesValue(Bytes value) implements CborValue {}

  /** Text. */
  record TextValue(String value) implements CborValue {}

  /** A link to another block. */
  record LinkValue(Cid value) implements CborValue {}

  /** True or false. */
  record BooleanValue(boolean value) implements CborValue {}

  /** Null, which is not the same as absent (CB-17). */
  record NullValue() implements CborValue {}

  /** A list. */
  record ArrayValue(List<CborValue> elements) implements CborValue {
    public ArrayValue {
      elements = List.copyOf(elements);
    }
  }

  /** A map, whose keys are in canonical order whatever order they came in. */
  record MapValue(Map<String, CborValue> entries) implements CborValue {
    public MapValue {
      TreeMap<String, CborValue> sorted = new TreeMap<>(KEY_ORDER);
      sorted.putAll(entries);
      entries = Collections.unmodifiableSequencedMap((SequencedMap<String, CborValue>) sorted);
    }

    /** The value of a key, or null if the map does not have it. */
    public @Nullable CborValue find(String key) {
      return entries.get(key);
    }
  }

  /** Canonical order of map keys: the shorter first, then by unsigned bytes of UTF-8 (CB-10). */
  Comparator<String> KEY_ORDER =
      (a, b) -> {
        byte[] left = a.getBytes(StandardCharsets.UTF_8);
        byte[] right = b.getBytes(StandardCharsets.UTF_8);
        return left.length != right.length
            ? Integer.compare(left.length, right.length)
            : Arrays.compareUnsigned(left, right);
      };

  /**
   * Decodes bytes that are one item.
   *
   * @throws CborException if they are anything else
   */
  static CborValue decode(Bytes bytes) {
    CborReader in = new CborReader().reset(bytes);
    CborValue value = read(in);
    in.requireEnd();
    return value;
  }

  /** Reads the next item of a reader, whose limits bound the depth of the tree. */
  static CborValue read(CborReader in) {
    return switch (in.peek()) {
      case INTEGER -> new IntegerValue(in.readInteger());
      case BYTES -> new BytesValue(in.readBytes());
      case TEXT -> new TextValue(in.readText());
      case LINK -> new LinkValue(in.readLink());
      case BOOLEAN -> new BooleanValue(in.readBoolean());
      case NULL -> {
        in.tryReadNull();
        yield new NullValue();
      }
      case ARRAY -> {
        List<CborValue> elements = new ArrayList<>(Math.min(in.readArray(), 64));
        while (in.nextElement()) {
          elements.add(read(in));
        }
        yield new ArrayValue(elements);
      }
      case MAP -> {
        TreeMap<String, CborValue> entries = new TreeMap<>(KEY_ORDER);
        in.readMap();
        while (in.nextKey()) {
          entries.put(in.key(), read(in));
        }
        yield new MapValue(entries);
      }
    };
  }

  /** Writes this value. */
  default void write(CborWriter out) {
    switch (this) {
      case IntegerValue integer -> out.writeInteger(integer.value());
      case BytesValue bytes -> out.writeBytes(bytes.value());
      case TextValue text -> out.writeText(text.value());
      case LinkValue link -> out.writeLink(link.value());
      case BooleanValue bool -> out.writeBoolean(bool.value());
      case NullValue nothing -> out.writeNull();
      case ArrayValue array -> {
        out.writeArray(array.elements().size());
        array.elements().forEach(element -> element.write(out));
      }
      case MapValue map -> {
        out.writeMap(map.entries().size());
        map.entries()
            .forEach(
                (key, value) -> {
                  out.writeText(key);
                  value.write(out);
                });
      }
    }
  }

  /** The encoding of this value. */
  default Bytes encode() {
    CborWriter out = new CborWriter();
    write(out);
    return out.toBytes();
  }
}
