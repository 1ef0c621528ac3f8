// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.cbor;

import dev.atprotojava.cbor.CborValue.ArrayValue;
import dev.atprotojava.cbor.CborValue.IntegerValue;
import dev.atprotojava.cbor.CborValue.LinkValue;
import dev.atprotojava.cbor.CborValue.MapValue;
import dev.atprotojava.cbor.CborValue.TextValue;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.cid.InvalidCidException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record's mention of a file that is stored beside the repository (JSON-08):
 *
 * <pre>
 *   {"ref": link, codec raw, "size": bytes, "$type": "blob", "mimeType": text}
 * </pre>
 *
 * <p>Old records have another form, {@code {"cid": text, "mimeType": text}}, which is read and
 * never written (JSON-09). Either stays a {@link MapValue} in a tree of values, so that it leaves
 * as it came.
 *
 * @param ref the CID of the file, whose codec is raw (CID-02)
 * @param mimeType what the record says it is; not empty, otherwise unchecked
 * @param size how long the record says it is, in bytes; 0 or more, or {@link #UNKNOWN_SIZE}
 */
public record Blob(Cid ref, String mimeType, long size) {
  /** The size of a blob in the old form, which does not say. */
  public static final long UNKNOWN_SIZE = -1;

  /** The value of {@code $type}. */
  static final String TYPE = "blob";

  public Blob {
    if (mimeType.isEmpty() || size < UNKNOWN_SIZE) {
      throw new IllegalArgumentException("a blob without a type, or of " + size + " bytes");
    }
    if (size != UNKNOWN_SIZE ? !isRaw(ref) : !ref.isBlessed()) {
      throw new IllegalArgumentException("a blob whose CID is not one of raw bytes");
    }
  }

  /** True if this is in the old form, which is read and never made anew (JSON-09). */
  public boolean isLegacy() {
    return size == UNKNOWN_SIZE;
  }

  /** The map that this is in a record; one in the old form keeps it. */
  public MapValue toValue() {
    if (isLegacy()) {
      return CborValue.map().put("cid", ref.toString()).put("mimeType", mimeType).build();
    }
    return CborValue.map()
        .put("ref", ref)
        .put("size", size)
        .put("$type", TYPE)
        .put("mimeType", mimeType)
        .build();
  }

  /** The blobs anywhere in a value, in the order of their place; needs no schema (JSON-12). */
  public static List<Blob> findAll(CborValue value) {
    List<Blob> found = new ArrayList<>();
    addAll(value, found);
    return found;
  }

  private static void addAll(CborValue value, List<Blob> found) {
    switch (value) {
      case MapValue map -> {
        Blob blob = find(map);
        if (blob != null) {
          found.add(blob);
        } else {
          map.entries().values().forEach(entry -> addAll(entry, found));
        }
      }
      case ArrayValue array -> array.elements().forEach(element -> addAll(element, found));
      case IntegerValue scalar -> {}
      case CborValue.BytesValue scalar -> {}
      case TextValue scalar -> {}
      case LinkValue scalar -> {}
      case CborValue.BooleanValue scalar -> {}
      case CborValue.NullValue scalar -> {}
    }
  }

  /** The blob that a map is, in either form; null if it is none. */
  public static @Nullable Blob find(MapValue map) {
    if (!(map.find("mimeType") instanceof TextValue mimeType) || mimeType.value().isEmpty()) {
      return null;
    }
    return switch (map.entries().size()) {
      case 4 -> findTyped(map, mimeType.value());
      case 2 -> findUntyped(map, mimeType.value());
      default -> null;
    };
  }

  private static @Nullable Blob findTyped(MapValue map, String mimeType) {
    return map.find("$type") instanceof TextValue type
            && type.value().equals(TYPE)
            && map.find("ref") instanceof LinkValue ref
            && isRaw(ref.value())
            && map.find("size") instanceof IntegerValue size
            && size.value() >= 0
        ? new Blob(ref.value(), mimeType, size.value())
        : null;
  }

  private static @Nullable Blob findUntyped(MapValue map, String mimeType) {
    if (!(map.find("cid") instanceof TextValue text)) {
      return null;
    }
    try {
      return new Blob(Cid.parse(text.value()), mimeType, UNKNOWN_SIZE);
    } catch (InvalidCidException e) {
      return null;
    }
  }

  private static boolean isRaw(Cid cid) {
    return cid.isBlessed() && !cid.isBlessedDagCbor();
  }
}
