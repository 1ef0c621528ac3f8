// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.cbor.CborValue.ArrayValue;
import dev.atprotojava.cbor.CborValue.IntegerValue;
import dev.atprotojava.cbor.CborValue.MapValue;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.mst.KeyHeight;
import dev.atprotojava.mst.Mst;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;

/** Heights, prefixes and a whole tree. */
final class MstVectors {
  static final List<VectorClaim> CLAIMS =
      List.of(
          VectorClaim.objects("mst/key_heights.json", "key", MstVectors::height),
          VectorClaim.objects("mst/common_prefix.json", "left", MstVectors::prefix),
          VectorClaim.text("mst/example_keys.txt", MstVectors::tree));

  private static final Cid LEAF =
      Cid.parse("bafyreie5cvv4h45feadgeuwhbcutmh6t2ceseocckahdoe6uat64zmz454");

  private MstVectors() {}

  private static Verdict height(Fields example) {
    Expect.same(
        "the height", KeyHeight.of(Bytes.ofUtf8(example.text("key"))), example.integer("height"));
    return Verdict.PASSED;
  }

  // Seen from outside: two keys that begin with the texts stand in one node, and the second says
  // how much it shares with the first. What goes in front makes them stand on one level, what goes
  // behind tells them apart where the texts do not.
  private static Verdict prefix(Fields example) {
    String salt = "";
    Bytes left;
    Bytes right;
    do {
      salt += "s";
      left = Bytes.ofUtf8(salt + example.text("left") + "!");
      right = Bytes.ofUtf8(salt + example.text("right") + "?");
    } while (KeyHeight.of(left) != 0 || KeyHeight.of(right) != 0);
    Mst tree = Mst.empty().insert(left, LEAF).insert(right, LEAF);
    Expect.same("the number of nodes", tree.blocks().size(), 1);
    MapValue node = (MapValue) CborValue.decode(tree.blocks().values().iterator().next());
    List<CborValue> entries = ((ArrayValue) Objects.requireNonNull(node.find("e"))).elements();
    Expect.same("the number of entries", entries.size(), 2);
    Expect.same(
        "the prefix",
        ((MapValue) entries.get(1)).find("p"),
        new IntegerValue(salt.length() + example.integer("len")));
    return Verdict.PASSED;
  }

  // The golden root of spec.md 2.8. The second character of each key is its height.
  private static Verdict tree(List<String> keys) {
    Expect.same("the number of keys", keys.size(), 156);
    for (String text : keys) {
      Expect.same("the height of " + text, KeyHeight.of(Bytes.ofUtf8(text)), text.charAt(1) - '0');
    }
    List<String> shuffled = new ArrayList<>(keys);
    Collections.shuffle(shuffled, new Random(1));
    for (List<String> order : List.of(keys, keys.reversed(), shuffled)) {
      Mst tree = Mst.empty();
      for (String text : order) {
        tree = tree.insert(Bytes.ofUtf8(text), LEAF);
      }
      Expect.same(
          "the root",
          tree.root().toString(),
          "bafyreicp3ghg3qdepi7bx3letryyerzfoky5htzymzljibxhd3m3z3xfb4");
      Expect.same("the number of nodes", tree.blocks().size(), 131);
      List<String> found = new ArrayList<>();
      Mst.load(tree.root(), tree.blocks()::get)
          .forEach(entry -> found.add(new String(entry.key().toByteArray(), UTF_8)));
      Expect.same("the keys of the tree", found, keys.stream().sorted().toList());
    }
    return Verdict.PASSED;
  }
}
