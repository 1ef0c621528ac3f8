// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.mst;

import static dev.atprotojava.mst.Keys.LEAF;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.cbor.CborWriter;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.mst.MstException.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The malformed trees of spec.md 10.2, each of which a node's reader must refuse. */
class MalformedTreeTest {
  // Keys by height, found by search: com.example.record/<letter+number>.
  private static final List<List<Bytes>> BY_HEIGHT = keysByHeight();

  private final Map<Cid, Bytes> blocks = new HashMap<>();

  private static List<List<Bytes>> keysByHeight() {
    List<List<Bytes>> found = new ArrayList<>();
    for (int height = 0; height < 4; height++) {
      found.add(new ArrayList<>());
    }
    for (int i = 1000; i < 3000; i++) {
      Bytes key = Keys.key("com.example.record/" + i);
      int height = KeyHeight.of(key);
      if (height < 4) {
        found.get(height).add(key);
      }
    }
    return found;
  }

  private static Bytes key(int height, int index) {
    return BY_HEIGHT.get(height).get(index);
  }

  private record Entry(long p, Bytes k, @Nullable Cid v, @Nullable Cid t) {}

  /** An entry as it should be behind {@code before}. */
  private static Entry entry(@Nullable Bytes before, Bytes key, @Nullable Cid t) {
    int shared = before == null ? 0 : shared(before, key);
    return new Entry(shared, key.slice(shared, key.length() - shared), LEAF, t);
  }

  private static int shared(Bytes a, Bytes b) {
    int i = 0;
    while (i < a.length() && i < b.length() && a.at(i) == b.at(i)) {
      i++;
    }
    return i;
  }

  private Cid node(@Nullable Cid l, Entry... entries) {
    List<CborValue> list = new ArrayList<>();
    for (Entry entry : entries) {
      list.add(
          new CborValue.MapValue(
              Map.of(
                  "p",
                  new CborValue.IntegerValue(entry.p()),
                  "k",
                  new CborValue.BytesValue(entry.k()),
                  "v",
                  link(entry.v()),
                  "t",
                  link(entry.t()))));
    }
    return add(
        new CborValue.MapValue(Map.of("l", link(l), "e", new CborValue.ArrayValue(list))).encode());
  }

  private static CborValue link(@Nullable Cid cid) {
    return cid == null ? new CborValue.NullValue() : new CborValue.LinkValue(cid);
  }

  private Cid add(Bytes block) {
    Cid cid = Cid.ofDagCbor(block.toByteArray());
    blocks.put(cid, block);
    return cid;
  }

  private void assertRefused(Cid root, Reason reason) {
    MstException refused =
        catchThrowableOfType(MstException.class, () -> Mst.load(root, blocks::get));
    assertThat(refused).isNotNull();
    assertThat(refused.reason()).isEqualTo(reason);
  }

  private final Bytes a = key(0, 0);
  private final Bytes b = key(0, 1);

  @Test
  void control_isAccepted() {
    Cid leaf = node(null, entry(null, key(0, 0), null));
    Bytes above = key(1, 0);
    Cid root = node(leaf, entry(null, above, null));
    assertThat(Keys.ORDER.compare(key(0, 0), above)).isNegative();
    assertThat(Mst.load(root, blocks::get).root()).isEqualTo(root);
  }

  @Test
  void prefix_notMaximal() {
    assertRefused(node(null, entry(null, a, null), new Entry(0, b, LEAF, null)), Reason.KEY_PREFIX);
    int p = shared(a, b);
    assertRefused(
        node(
            null,
            entry(null, a, null),
            new Entry(p - 1, b.slice(p - 1, b.length() - p + 1), LEAF, null)),
        Reason.KEY_PREFIX);
  }

  // MST-14: one more than maximal makes another key, in another order or on another level.
  @Test
  void prefix_tooLong() {
    int p = shared(a, b);
    MstException refused =
        catchThrowableOfType(
            MstException.class,
            () ->
                Mst.load(
                    node(
                        null,
                        entry(null, a, null),
                        new Entry(p + 1, b.slice(p, b.length() - p), LEAF, null)),
                    blocks::get));
    assertThat(refused.reason()).isIn(Reason.KEY_ORDER, Reason.KEY_HEIGHT, Reason.KEY_PREFIX);
  }

  // T-22: a prefix beyond the key before crashes the reference implementation.
  @Test
  void prefix_outsideTheKeyBefore() {
    // MST-13, MST-15: the first entry shares nothing, and none more than there is.
    assertRefused(
        node(null, entry(null, a, null), new Entry(a.length() + 1L, b, LEAF, null)),
        Reason.KEY_PREFIX);
    assertRefused(node(null, new Entry(1, a, LEAF, null)), Reason.KEY_PREFIX);
    assertRefused(node(null, new Entry(-1, a, LEAF, null)), Reason.KEY_PREFIX);
    assertRefused(node(null, new Entry(Long.MAX_VALUE, a, LEAF, null)), Reason.KEY_PREFIX);
  }

  @Test
  void keys_swappedOrRepeated() {
    assertRefused(node(null, entry(null, b, null), entry(b, a, null)), Reason.KEY_ORDER);
    assertRefused(
        node(null, entry(null, a, null), new Entry(a.length(), Bytes.EMPTY, LEAF, null)),
        Reason.KEY_PREFIX);
  }

  @Test
  void key_emptyOrTooLong() {
    // MST-01, MST-16, MST-24.
    assertRefused(node(null, new Entry(0, Bytes.EMPTY, LEAF, null)), Reason.KEY_PREFIX);
    assertRefused(
        node(null, new Entry(0, Bytes.wrap(new byte[1025]), LEAF, null)), Reason.KEY_LENGTH);
  }

  @Test
  void key_ofAnotherHeight() {
    Bytes low = key(0, 0);
    Bytes high = key(1, 0);
    assertThat(Keys.ORDER.compare(low, high)).isNegative();
    assertRefused(node(null, entry(null, low, null), entry(low, high, null)), Reason.KEY_HEIGHT);
  }

  @Test
  void child_outsideItsInterval() {
    Bytes parent = key(1, 1);
    Bytes below = key(0, 0);
    Bytes above = BY_HEIGHT.get(0).getLast();
    assertRefused(
        node(null, entry(null, parent, node(null, entry(null, below, null)))), Reason.KEY_ORDER);
    assertRefused(
        node(node(null, entry(null, above, null)), entry(null, parent, null)), Reason.KEY_ORDER);
  }

  @Test
  void grandchild_outsideItsInterval() {
    Bytes top = key(2, 1);
    Bytes middle = BY_HEIGHT.get(1).getLast();
    Bytes wrong = key(0, 0);
    Cid leaf = node(null, entry(null, wrong, null));
    assertThat(Keys.ORDER.compare(wrong, top)).isNegative();
    assertRefused(
        node(null, entry(null, top, node(leaf, entry(null, middle, null)))), Reason.KEY_ORDER);
    // The same through a node without keys, which has no interval of its own to check.
    assertRefused(node(null, entry(null, top, node(leaf))), Reason.KEY_ORDER);
  }

  @Test
  void child_twoLevelsBelow() {
    Bytes top = key(2, 0);
    Bytes low = BY_HEIGHT.get(0).getLast();
    assertRefused(
        node(null, entry(null, top, node(null, entry(null, low, null)))), Reason.KEY_HEIGHT);
  }

  @Test
  void leaf_withAChild() {
    Cid child = node(null, entry(null, b, null));
    assertRefused(node(null, entry(null, a, child)), Reason.TOO_LOW);
    assertRefused(node(child, entry(null, a, null)), Reason.TOO_LOW);
  }

  @Test
  void node_withoutKeysOrChild() {
    Bytes parent = key(1, 0);
    assertRefused(node(node(null), entry(null, parent, null)), Reason.EMPTY_NODE);
  }

  @Test
  void root_withoutKeys() {
    // MST-20.
    assertRefused(node(node(null, entry(null, a, null))), Reason.EMPTY_NODE);
  }

  @Test
  void node_twice() {
    Bytes one = key(1, 0);
    Bytes two = key(1, 1);
    Cid shared = node(null, entry(null, a, null));
    assertRefused(
        node(shared, entry(null, one, shared), entry(one, two, null)), Reason.REPEATED_NODE);
  }

  @Test
  void fields_missingExtraOrOfAnotherType() {
    // MST-11.
    CborValue nothing = new CborValue.NullValue();
    CborValue none = new CborValue.ArrayValue(List.of());
    assertNotANode(Map.of("e", none));
    assertNotANode(Map.of("l", nothing));
    assertNotANode(Map.of("l", nothing, "e", none, "x", nothing));
    assertNotANode(Map.of("l", new CborValue.IntegerValue(0), "e", none));
    assertNotANode(Map.of("l", nothing, "e", nothing));
    CborValue k = new CborValue.BytesValue(a);
    CborValue p = new CborValue.IntegerValue(0);
    CborValue v = new CborValue.LinkValue(LEAF);
    assertEntryIsNone(Map.of("k", k, "p", p, "v", v));
    assertEntryIsNone(Map.of("k", k, "p", p, "t", nothing));
    assertEntryIsNone(Map.of("k", k, "p", p, "t", nothing, "v", nothing));
    assertEntryIsNone(Map.of("k", new CborValue.TextValue("a"), "p", p, "t", nothing, "v", v));
    assertEntryIsNone(Map.of("k", k, "p", p, "t", nothing, "v", v, "x", nothing));
    assertEntryIsNone(Map.of("k", k, "p", nothing, "t", nothing, "v", v));
  }

  private void assertEntryIsNone(Map<String, CborValue> entry) {
    assertNotANode(
        Map.of(
            "l", new CborValue.NullValue(),
            "e", new CborValue.ArrayValue(List.of(new CborValue.MapValue(entry)))));
  }

  private void assertNotANode(Map<String, CborValue> fields) {
    assertRefused(add(new CborValue.MapValue(fields).encode()), Reason.NOT_A_NODE);
  }

  @Test
  void link_ofARawBlock() {
    // MST-21.
    Cid raw = Cid.ofRaw(new byte[] {1});
    assertRefused(node(raw, entry(null, key(1, 0), null)), Reason.LINK);
    assertRefused(node(null, entry(null, key(1, 0), raw)), Reason.LINK);
    assertRefused(raw, Reason.LINK);
  }

  // MST-22
  @Test
  void encoding_notCanonical() {
    CborWriter unsorted = new CborWriter().writeMap(2).writeText("l").writeNull();
    unsorted.writeText("e").writeArray(0);
    assertRefused(add(unsorted.toBytes()), Reason.NOT_A_NODE);
    assertRefused(add(Bytes.fromHex("a2616580616cf600")), Reason.NOT_A_NODE);
    assertRefused(add(Bytes.fromHex("b802616580616cf6")), Reason.NOT_A_NODE);
  }

  @Test
  void entries_moreThanTheLimit() {
    // MST-24.
    Entry[] entries = new Entry[NodeCodec.MAX_ENTRIES + 1];
    java.util.Arrays.fill(entries, entry(null, a, null));
    assertRefused(node(null, entries), Reason.TOO_MANY_ENTRIES);
  }
}
