// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.cbor;

import dev.atprotojava.cid.Cid;
import dev.atprotojava.cid.CidCodec;
import dev.atprotojava.cid.Sha256;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A value of the data model, as a tree.
 *
 * <pre>{@code
 * MapValue post = CborValue.map().put("$type", "app.bsky.feed.post").put("text", "hi").build();
 * Bytes block = post.encode();
 * if (CborValue.decode(block) instanceof MapValue map) {
 *   String text = map.findText("text"); // null if it has none
 * }
 * }</pre>
 *
 * <p>For the places that need to look at data whose shape they do not know; code that knows the
 * shape reads with {@link CborReader}. A tree keeps every field of a map, known or not (CB-12,
 * CB-21), and {@link #encode} gives back the bytes that {@link #decode} read (CB-18). Values are
 * immutable and equal when their encodings are.
 */
public sealed interface CborValue {
  /** A whole number of 64 signed bits, never by way of a {@code double} (CB-04). */
  record IntegerValue(long value) implements CborValue {}

  /** A byte string. */
  record BytesValue(Bytes value) implements CborValue {}

  /** Text, which UTF-8 must have a form for: no half of a surrogate pair (CB-08). */
  record TextValue(String value) implements CborValue {
    public TextValue {
      Utf8.require(value);
    }
  }

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
      entries = KeyOrder.sorted(entries);
      entries.keySet().forEach(Utf8::require);
    }

    /** The value of a key, or null if the map does not have it. */
    public @Nullable CborValue find(String key) {
      return entries.get(key);
    }

    /** The text of a key, or null if it is absent or no text. */
    public @Nullable String findText(String key) {
      return find(key) instanceof TextValue text ? text.value() : null;
    }

    /** The integer of a key, or empty if it is absent or no integer. */
    public OptionalLong findInteger(String key) {
      return find(key) instanceof IntegerValue integer
          ? OptionalLong.of(integer.value())
          : OptionalLong.empty();
    }

    /** The truth value of a key, or null if it is absent or none. */
    public @Nullable Boolean findBoolean(String key) {
      return find(key) instanceof BooleanValue bool ? (Boolean) bool.value() : null;
    }

    /** The bytes of a key, or null if it is absent or no byte string. */
    public @Nullable Bytes findBytes(String key) {
      return find(key) instanceof BytesValue bytes ? bytes.value() : null;
    }

    /** The link of a key, or null if it is absent or no link. */
    public @Nullable Cid findLink(String key) {
      return find(key) instanceof LinkValue link ? link.value() : null;
    }

    /** The blob of a key, in either form, or null if it is absent or none. */
    public @Nullable Blob findBlob(String key) {
      return find(key) instanceof MapValue map ? Blob.find(map) : null;
    }

    /** The map of a key, or null if it is absent or no map. */
    public @Nullable MapValue findMap(String key) {
      return find(key) instanceof MapValue map ? map : null;
    }

    /** The elements of a key's array, or null if it is absent or no array. */
    public @Nullable List<CborValue> findArray(String key) {
      return find(key) instanceof ArrayValue array ? array.elements() : null;
    }

    /** A builder that begins with these entries. */
    public MapBuilder toBuilder() {
      return new MapBuilder(entries);
    }
  }

  /** Canonical order of map keys: the shorter first, then by unsigned bytes of UTF-8 (CB-10). */
  Comparator<String> KEY_ORDER = KeyOrder.INSTANCE;

  /** An integer. */
  static IntegerValue of(long value) {
    return new IntegerValue(value);
  }

  /**
   * Text.
   *
   * @throws IllegalArgumentException if it has half a surrogate pair
   */
  static TextValue of(String value) {
    return new TextValue(value);
  }

  /** True or false. */
  static BooleanValue of(boolean value) {
    return new BooleanValue(value);
  }

  /** A byte string. */
  static BytesValue of(Bytes value) {
    return new BytesValue(value);
  }

  /** A link. */
  static LinkValue of(Cid value) {
    return new LinkValue(value);
  }

  /** Null. */
  static NullValue ofNull() {
    return new NullValue();
  }

  /** An array. */
  static ArrayValue array(CborValue... elements) {
    return new ArrayValue(List.of(elements));
  }

  /** A builder of a map. */
  static MapBuilder map() {
    return new MapBuilder();
  }

  /**
   * Decodes bytes that are one item.
   *
   * @throws CborException if they are anything else
   */
  static CborValue decode(Bytes bytes) {
    return decode(bytes, CborLimits.DEFAULT);
  }

  /**
   * Decodes bytes that are one item within limits.
   *
   * @throws CborException if they are anything else
   */
  static CborValue decode(Bytes bytes, CborLimits limits) {
    CborReader in = new CborReader(limits).reset(bytes);
    CborValue value = read(in);
    in.requireEnd();
    return value;
  }

  /**
   * Reads the next item of a reader, whose limits bound the depth of the tree; something else may
   * follow it (CB-15).
   */
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
        Map<String, CborValue> entries =
            LinkedHashMap.newLinkedHashMap(Math.min(in.readMap(), 64)); // in order, and stays so
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

  /** The CID of this value as a block. */
  default Cid cid() {
    Bytes block = encode();
    return Cid.of(CidCodec.DAG_CBOR, block.array(), block.offset(), block.length(), new Sha256());
  }

  /** The encoding of this value. */
  default Bytes encode() {
    CborWriter out = new CborWriter();
    write(out);
    return out.toBytes();
  }
}
