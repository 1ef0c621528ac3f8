// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.mst;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.cid.Cid;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * The tree of a map by its definition (MST-31), sharing no code with {@link Mst}: the oracle of the
 * property tests.
 */
final class BulkTree {
  final Map<Cid, Bytes> blocks = new LinkedHashMap<>();
  final Cid root;

  BulkTree(SortedMap<Bytes, Cid> entries) {
    List<Map.Entry<Bytes, Cid>> sorted = List.copyOf(entries.entrySet());
    int height = sorted.stream().mapToInt(e -> KeyHeight.of(e.getKey())).max().orElse(0);
    root = node(height, sorted);
  }

  private Cid node(int height, List<Map.Entry<Bytes, Cid>> slice) {
    List<CborValue> entries = new ArrayList<>();
    CborValue left = new CborValue.NullValue();
    int from = 0;
    Bytes before = Bytes.EMPTY;
    for (int i = 0; i <= slice.size(); i++) {
      if (i < slice.size() && KeyHeight.of(slice.get(i).getKey()) != height) {
        continue;
      }
      CborValue gap = link(height - 1, slice.subList(from, i));
      if (entries.isEmpty()) {
        left = gap;
      } else {
        entries.set(entries.size() - 1, withRight(entries.getLast(), gap));
      }
      if (i < slice.size()) {
        Bytes key = slice.get(i).getKey();
        entries.add(entry(before, key, slice.get(i).getValue()));
        before = key;
      }
      from = i + 1;
    }
    return add(new CborValue.MapValue(Map.of("l", left, "e", new CborValue.ArrayValue(entries))));
  }

  private CborValue link(int height, List<Map.Entry<Bytes, Cid>> gap) {
    return gap.isEmpty() ? new CborValue.NullValue() : new CborValue.LinkValue(node(height, gap));
  }

  private static CborValue entry(Bytes before, Bytes key, Cid value) {
    int shared = 0;
    while (shared < before.length()
        && shared < key.length()
        && before.at(shared) == key.at(shared)) {
      shared++;
    }
    return new CborValue.MapValue(
        Map.of(
            "p", new CborValue.IntegerValue(shared),
            "k", new CborValue.BytesValue(key.slice(shared, key.length() - shared)),
            "v", new CborValue.LinkValue(value),
            "t", new CborValue.NullValue()));
  }

  private static CborValue withRight(CborValue entry, CborValue right) {
    Map<String, CborValue> fields = new LinkedHashMap<>(((CborValue.MapValue) entry).entries());
    fields.put("t", right);
    return new CborValue.MapValue(fields);
  }

  private Cid add(CborValue node) {
    Bytes block = node.encode();
    Cid cid = Cid.ofDagCbor(block.toByteArray());
    blocks.put(cid, block);
    return cid;
  }

  @Nullable Bytes find(Cid cid) {
    return blocks.get(cid);
  }
}
