// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop.golden;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborWriter;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.mst.Mst;
import dev.atprotojava.mst.MstEntry;
import dev.atprotojava.mst.MstException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Trees by their keys, and blocks that are no tree. */
final class MstCases {
  private static final Cid LEAF =
      Cid.parse("bafyreie5cvv4h45feadgeuwhbcutmh6t2ceseocckahdoe6uat64zmz454");
  private static final String COLLECTION = "com.example.record/3jqfcqzm";

  /** Of keys of the specification's digest, 2.8: those with 3fx are on level 2. */
  private static final String[][] TREES = {
    {"empty"},
    {"one key", "3fo2j"},
    {"one key on level 2", "3fx2j"},
    {"two levels", "3fp2j", "3fr2j", "3fs2j", "3ft2j", "4fc2j"},
    {"one above five", "3fn2j", "3fo2j", "3fp2j", "3fs2j", "3ft2j", "3fu2j"},
    {"without the one above", "3fn2j", "3fo2j", "3fp2j", "3ft2j", "3fu2j"},
    {
      "eleven keys",
      "3fo2j",
      "3fp2j",
      "3fr2j",
      "3fs2j",
      "3ft2j",
      "3fz2j",
      "4fc2j",
      "4fd2j",
      "4ff2j",
      "4fg2j",
      "4fh2j"
    },
    {
      "a key that splits two levels",
      "3fo2j",
      "3fp2j",
      "3fr2j",
      "3fs2j",
      "3ft2j",
      "3fx2j",
      "3fz2j",
      "4fc2j",
      "4fd2j",
      "4ff2j",
      "4fg2j",
      "4fh2j"
    },
    {"two neighbours", "3ft2j", "3fz2j"},
    {"a node that only points", "3ft2j", "3fx2j", "3fz2j"},
    {"and one beside it", "3ft2j", "3fx2j", "3fz2j", "4fd2j"},
  };

  private MstCases() {}

  static ArrayNode trees() {
    ArrayNode cases = JsonNodeFactory.instance.arrayNode();
    for (String[] each : TREES) {
      List<MstEntry> entries = new ArrayList<>();
      for (int i = 1; i < each.length; i++) {
        entries.add(new MstEntry(Bytes.ofUtf8(COLLECTION + each[i]), LEAF));
      }
      cases.add(tree(each[0], entries));
    }
    return cases;
  }

  static ObjectNode random(int number, SplittableRandom random) {
    Map<String, Cid> entries = new TreeMap<>();
    for (int i = random.nextInt(60); i > 0; i--) {
      entries.put(path(random), CborCases.cid(random));
    }
    List<MstEntry> list = new ArrayList<>();
    entries.forEach((key, value) -> list.add(new MstEntry(Bytes.ofUtf8(key), value)));
    return tree("random " + number, list);
  }

  /** A path with much in common with others. */
  static String path(SplittableRandom random) {
    String[] collections = {"com.example.record", "com.example.like", "org.example.a.list"};
    StringBuilder path =
        new StringBuilder(collections[random.nextInt(collections.length)]).append('/');
    for (int i = 1 + random.nextInt(8); i > 0; i--) {
      path.append("abcdefghijklmnopqrstuvwxyz0123456789-_~:.".charAt(random.nextInt(38)));
    }
    return path.toString();
  }

  private static ObjectNode tree(String name, List<MstEntry> entries) {
    Mst tree = Mst.of(entries);
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("name", name).put("root", tree.root().toString()).put("nodes", tree.blocks().size());
    ArrayNode list = json.putArray("entries");
    for (MstEntry entry : entries) {
      String key = new String(entry.key().toByteArray(), StandardCharsets.UTF_8);
      list.addArray().add(key).add(entry.value().toString());
    }
    return json;
  }

  /** An entry of a node as it is written, right or wrong. */
  private record Entry(long prefix, String suffix, @Nullable Cid value, @Nullable Cid right) {
    Entry(long prefix, String suffix) {
      this(prefix, suffix, LEAF, null);
    }
  }

  private static Bytes node(@Nullable Cid left, Entry... entries) {
    CborWriter out = new CborWriter().writeMap(2).writeText("e").writeArray(entries.length);
    for (Entry each : entries) {
      out.writeMap(4).writeText("k").writeBytes(Bytes.ofUtf8(each.suffix));
      out.writeText("p").writeInteger(each.prefix);
      link(out.writeText("t"), each.right);
      link(out.writeText("v"), each.value);
    }
    return link(out.writeText("l"), left).toBytes();
  }

  private static CborWriter link(CborWriter out, @Nullable Cid cid) {
    return cid == null ? out.writeNull() : out.writeLink(cid);
  }

  private static Cid cid(Bytes block) {
    return Cid.ofDagCbor(block.toByteArray());
  }

  static ArrayNode refused() {
    ArrayNode cases = JsonNodeFactory.instance.arrayNode();
    String low = COLLECTION + "3ft2j";
    String high = COLLECTION + "3fz2j";
    Bytes lowNode = node(null, new Entry(0, low));
    Bytes highNode = node(null, new Entry(0, high));
    String top = COLLECTION + "3fx2j";
    Bytes overLow = node(cid(lowNode));
    Bytes overHigh = node(cid(highNode));
    cases.add(
        refused(
            "MST-14",
            "a prefix that is not taken",
            node(null, new Entry(0, low), new Entry(0, high))));
    cases.add(
        refused(
            "MST-14",
            "a prefix that is too short",
            node(null, new Entry(0, low), new Entry(28, "3z2j"))));
    cases.add(
        refused(
            "MST-15",
            "a prefix longer than the key",
            node(null, new Entry(0, low), new Entry(200, "z2j"))));
    cases.add(
        refused(
            "MST-15", "a prefix below zero", node(null, new Entry(0, low), new Entry(-1, "z2j"))));
    cases.add(refused("MST-13", "a first entry with a prefix", node(null, new Entry(1, low))));
    cases.add(
        refused("MST-17", "keys in reverse", node(null, new Entry(0, high), new Entry(29, "t2j"))));
    cases.add(refused("MST-16", "a key twice", node(null, new Entry(0, low), new Entry(32, ""))));
    cases.add(refused("MST-16", "an empty key", node(null, new Entry(0, ""))));
    cases.add(
        refused(
            "MST-18",
            "a key of another level",
            node(null, new Entry(0, low), new Entry(29, "x2j"))));
    cases.add(
        refused(
            "MST-18", "a level that is left out", node(cid(lowNode), new Entry(0, top)), lowNode));
    cases.add(
        refused(
            "MST-17",
            "a subtree on the wrong side",
            node(cid(overHigh), new Entry(0, top)),
            overHigh,
            highNode));
    cases.add(
        refused(
            "MST-17",
            "a right subtree with lower keys",
            node(null, new Entry(0, top, LEAF, cid(overLow))),
            overLow,
            lowNode));
    cases.add(
        refused(
            "MST-18",
            "a subtree below the bottom",
            node(cid(lowNode), new Entry(0, high)),
            lowNode));
    cases.add(refused("MST-20", "a root that only points", overLow, lowNode));
    cases.add(
        refused(
            "MST-19", "a node with nothing", node(cid(node(null)), new Entry(0, top)), node(null)));
    cases.add(
        refused("MST-11", "an entry without a value", node(null, new Entry(0, low, null, null))));
    Cid raw = Cid.ofRaw(lowNode.toByteArray());
    cases.add(refused("MST-21", "a link to bytes", node(raw, new Entry(0, top)), lowNode));
    cases.add(
        refused("MST-04", "a key of 1,025 bytes", node(null, new Entry(0, "k".repeat(1025)))));
    cases.add(refused("MST-10", "a field too many", Bytes.fromHex("a3616580616cf6617af6")));
    cases.add(refused("MST-10", "a node without l", Bytes.fromHex("a1616580")));
    cases.add(refused("MST-10", "keys of the node in reverse", Bytes.fromHex("a2616cf6616580")));
    cases.add(
        refused("MST-37", "a subtree that is not there", node(cid(overLow), new Entry(0, top))));
    return cases;
  }

  private static ObjectNode refused(String rule, String name, Bytes root, Bytes... others) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    Map<Cid, Bytes> blocks = new HashMap<>();
    blocks.put(cid(root), root);
    for (Bytes other : others) {
      blocks.put(cid(other), other);
    }
    json.put("name", name).put("root", cid(root).toString());
    json.put("refused", rule).put("reason", reason(cid(root), blocks));
    ArrayNode list = json.putArray("blocks");
    list.addObject().put("hex", root.toHex());
    for (Bytes other : others) {
      list.addObject().put("hex", other.toHex());
    }
    return json;
  }

  private static String reason(Cid root, Map<Cid, Bytes> blocks) {
    try {
      Mst.load(root, blocks::get).forEach(entry -> {});
    } catch (MstException e) {
      return e.reason().name();
    }
    throw new IllegalStateException("accepted: " + root);
  }
}
