// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.cbor;

import dev.atprotojava.cbor.CborValue.ArrayValue;
import dev.atprotojava.cbor.CborValue.MapValue;
import dev.atprotojava.cbor.CborValue.TextValue;
import org.jspecify.annotations.Nullable;

/**
 * What can be said about a record without its schema, by those who write or show records.
 *
 * <p>The decoder does not ask for any of this, and a relay must not (REC-03): a commit is as good
 * with a record in it that this refuses, and other records of the commit count (REC-01).
 */
public final class RecordCheck {
  /** The largest record, in bytes of DAG-CBOR (REC-01). */
  public static final int MAX_BYTES = 1_000_000;

  /** What is wrong with a record. */
  public enum Flaw {
    /** It is not a map (JSON-10). */
    NOT_AN_OBJECT,
    /** It has more than {@link #MAX_BYTES} bytes (REC-01). */
    TOO_LARGE,
    /** It does not say what it is (JSON-05, JSON-07). */
    TYPE_MISSING,
    /** A {@code $type}, at any depth, is not text, empty, or ends in {@code #main} (JSON-06). */
    TYPE_INVALID,
    /** A map, at any depth, has an empty key (CB-11). */
    EMPTY_KEY,
    /** What calls itself a blob, at any depth, is none (JSON-08). */
    BLOB_INVALID,
  }

  private static final String TYPE = "$type";

  private RecordCheck() {}

  /** The first flaw of a record, or null if it has none. */
  public static @Nullable Flaw find(CborValue record) {
    if (!(record instanceof MapValue map)) {
      return Flaw.NOT_AN_OBJECT;
    }
    if (map.find(TYPE) == null) {
      return Flaw.TYPE_MISSING;
    }
    Flaw flaw = within(record);
    return flaw == null && record.encode().length() > MAX_BYTES ? Flaw.TOO_LARGE : flaw;
  }

  private static @Nullable Flaw within(CborValue value) {
    return switch (value) {
      case MapValue map -> {
        Flaw flaw = map.find("") == null ? typeFlaw(map) : Flaw.EMPTY_KEY;
        yield flaw == null ? first(map.entries().values()) : flaw;
      }
      case ArrayValue array -> first(array.elements());
      case CborValue.IntegerValue scalar -> null;
      case CborValue.BytesValue scalar -> null;
      case TextValue scalar -> null;
      case CborValue.LinkValue scalar -> null;
      case CborValue.BooleanValue scalar -> null;
      case CborValue.NullValue scalar -> null;
    };
  }

  private static @Nullable Flaw first(Iterable<CborValue> values) {
    for (CborValue value : values) {
      Flaw flaw = within(value);
      if (flaw != null) {
        return flaw;
      }
    }
    return null;
  }

  /** What is wrong with the {@code $type} of a map, if it has one. */
  static @Nullable Flaw typeFlaw(MapValue map) {
    CborValue type = map.find(TYPE);
    if (type == null) {
      return null;
    }
    if (!(type instanceof TextValue text)
        || text.value().isEmpty()
        || text.value().endsWith("#main")) {
      return Flaw.TYPE_INVALID;
    }
    return text.value().equals(Blob.TYPE) && Blob.find(map) == null ? Flaw.BLOB_INVALID : null;
  }
}
