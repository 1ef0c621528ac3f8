// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
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
class MstVectorsTest {
  private static final Cid LEAF =
      Cid.parse("bafyreie5cvv4h45feadgeuwhbcutmh6t2ceseocckahdoe6uat64zmz454");

  private static Bytes key(String text) {
    return Bytes.wrap(text.getBytes(UTF_8));
  }

  @VectorFile("mst/key_heights.json")
  void height(JsonNode example) {
    assertThat(KeyHeight.of(key(example.get("key").textValue())))
        .isEqualTo(example.get("height").intValue());
  }

  // Seen from outside: two keys that begin with the texts stand in one node, and the second says
  // how much it shares with the first. What goes in front makes them stand on one level, what goes
  // behind tells them apart where the texts do not.
  @VectorFile("mst/common_prefix.json")
  void prefix(JsonNode example) {
    String salt = "";
    Bytes left;
    Bytes right;
    do {
      salt += "s";
      left = key(salt + example.get("left").textValue() + "!");
      right = key(salt + example.get("right").textValue() + "?");
    } while (KeyHeight.of(left) != 0 || KeyHeight.of(right) != 0);
    Mst tree = Mst.empty().insert(left, LEAF).insert(right, LEAF);
    assertThat(tree.blocks()).hasSize(1);
    MapValue node = (MapValue) CborValue.decode(tree.blocks().values().iterator().next());
    List<CborValue> entries = ((ArrayValue) Objects.requireNonNull(node.find("e"))).elements();
    assertThat(entries).hasSize(2);
    assertThat(((MapValue) entries.get(1)).find("p"))
        .isEqualTo(new IntegerValue(salt.length() + example.get("len").intValue()));
  }

  // The golden root of spec.md 2.8. The second character of each key is its height.
  @VectorFile("mst/example_keys.txt")
  void tree(List<String> keys) {
    assertThat(keys)
        .hasSize(156)
        .allSatisfy(text -> assertThat(KeyHeight.of(key(text))).isEqualTo(text.charAt(1) - '0'));
    List<String> shuffled = new ArrayList<>(keys);
    Collections.shuffle(shuffled, new Random(1));
    for (List<String> order : List.of(keys, keys.reversed(), shuffled)) {
      Mst tree = Mst.empty();
      for (String text : order) {
        tree = tree.insert(key(text), LEAF);
      }
      assertThat(tree.root())
          .hasToString("bafyreicp3ghg3qdepi7bx3letryyerzfoky5htzymzljibxhd3m3z3xfb4");
      assertThat(tree.blocks()).hasSize(131);
      List<String> found = new ArrayList<>();
      Mst.load(tree.root(), tree.blocks()::get)
          .forEach(entry -> found.add(new String(entry.key().toByteArray(), UTF_8)));
      assertThat(found).containsExactlyElementsOf(keys.stream().sorted().toList());
    }
  }
}
