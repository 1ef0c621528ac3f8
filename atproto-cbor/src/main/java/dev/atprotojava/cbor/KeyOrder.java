// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.cbor;

import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * The canonical order of map keys: the shorter in UTF-8 first, then by unsigned bytes (CB-10).
 *
 * <p>Strings are compared as they are. Java's own order is that of UTF-16, which puts U+FFFF behind
 * U+10000 (T-15); and encoding two strings for each comparison costs more than all else that is
 * done with a map.
 */
final class KeyOrder implements Comparator<String> {
  static final KeyOrder INSTANCE = new KeyOrder();

  private KeyOrder() {}

  @Override
  public int compare(String a, String b) {
    int order = Integer.compare(Utf8.length(a), Utf8.length(b));
    return order != 0 ? order : compareCodePoints(a, b);
  }

  /** The order of UTF-8 is that of code points: surrogates are greater than all other units. */
  private static int compareCodePoints(String a, String b) {
    int common = Math.min(a.length(), b.length());
    for (int i = 0; i < common; i++) {
      char left = a.charAt(i);
      char right = b.charAt(i);
      if (left != right) {
        int order = Boolean.compare(Character.isSurrogate(left), Character.isSurrogate(right));
        return order != 0 ? order : Character.compare(left, right);
      }
    }
    return Integer.compare(a.length(), b.length());
  }

  /** An unmodifiable copy of a map in canonical order: linear if it is in that order already. */
  static <V> SequencedMap<String, V> sorted(Map<String, V> entries) {
    SequencedMap<String, V> sorted = LinkedHashMap.newLinkedHashMap(entries.size());
    if (isSorted(entries)) {
      sorted.putAll(entries);
    } else {
      List<Map.Entry<String, V>> order =
          entries.entrySet().stream().sorted(Map.Entry.comparingByKey(INSTANCE)).toList();
      order.forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
    }
    return Collections.unmodifiableSequencedMap(sorted);
  }

  private static boolean isSorted(Map<String, ?> entries) {
    String before = null;
    for (String key : entries.keySet()) {
      if (before != null && INSTANCE.compare(before, key) >= 0) {
        return false;
      }
      before = key;
    }
    return true;
  }
}
