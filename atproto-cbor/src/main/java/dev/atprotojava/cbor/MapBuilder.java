// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.cbor;

import dev.atprotojava.cbor.CborValue.MapValue;
import dev.atprotojava.cid.Cid;
import java.util.HashMap;
import java.util.Map;

/**
 * Puts a map together, in any order:
 *
 * <pre>{@code
 * MapValue post = CborValue.map().put("$type", "app.bsky.feed.post").put("text", "hi").build();
 * }</pre>
 *
 * <p>A key that is put again replaces what it had; one that is not put is absent, which is not the
 * same as null (CB-17). Not thread-safe.
 */
public final class MapBuilder {
  private final Map<String, CborValue> entries = new HashMap<>();

  MapBuilder() {}

  MapBuilder(Map<String, CborValue> entries) {
    this.entries.putAll(entries);
  }

  /** Puts any value. */
  public MapBuilder put(String key, CborValue value) {
    entries.put(key, value);
    return this;
  }

  /**
   * Puts text.
   *
   * @throws IllegalArgumentException if it has half a surrogate pair
   */
  public MapBuilder put(String key, String text) {
    return put(key, CborValue.of(text));
  }

  /** Puts an integer. */
  public MapBuilder put(String key, long integer) {
    return put(key, CborValue.of(integer));
  }

  /** Puts true or false. */
  public MapBuilder put(String key, boolean value) {
    return put(key, CborValue.of(value));
  }

  /** Puts a byte string. */
  public MapBuilder put(String key, Bytes bytes) {
    return put(key, CborValue.of(bytes));
  }

  /** Puts a link. */
  public MapBuilder put(String key, Cid link) {
    return put(key, CborValue.of(link));
  }

  /** Puts a blob in the form that {@link Blob#toValue} gives it. */
  public MapBuilder put(String key, Blob blob) {
    return put(key, blob.toValue());
  }

  /** Puts null. */
  public MapBuilder putNull(String key) {
    return put(key, CborValue.ofNull());
  }

  /** Takes a key away, if it is there. */
  public MapBuilder remove(String key) {
    entries.remove(key);
    return this;
  }

  /**
   * The map so far.
   *
   * @throws IllegalArgumentException if a key has half a surrogate pair
   */
  public MapValue build() {
    return new MapValue(entries);
  }
}
