// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.mst;

import static dev.atprotojava.mst.Keys.LEAF;
import static dev.atprotojava.mst.Keys.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.mst.MstException.Reason;
import dev.atprotojava.syntax.Nsid;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Trees that are built at once, and what is read of them. */
class MstBuilderTest {
  // The row of spec.md 2.8 with a node without keys between two levels (MST-19).
  @Test
  void build_ofAKnownTree() {
    MstBuilder tree = new MstBuilder();
    tree.add(record("3ft"), LEAF).add(record("3fx"), LEAF).add(record("3fz"), LEAF);
    tree.add(record("4fd"), LEAF);
    assertThat(tree.build().root())
        .hasToString("bafyreig4jv3vuajbsybhyvb7gggvpwh2zszwfyttjrj6qwvcsp24h6popu");
    assertThat(tree.build().root()).isEqualTo(Mst.EMPTY_ROOT);
    assertThat(Mst.of(List.of()).root()).isEqualTo(Mst.EMPTY_ROOT);
  }

  // MST-35, MST-04: entries out of order would give a tree that nobody else can read.
  @Test
  void add_refusesWhatIsOutOfOrder() {
    MstBuilder tree = new MstBuilder().add(record("3fo"), LEAF);
    assertThat(reasonOf(() -> tree.add(record("3fo"), LEAF))).isEqualTo(Reason.KEY_EXISTS);
    assertThat(reasonOf(() -> tree.add(record("3fn"), LEAF))).isEqualTo(Reason.KEY_ORDER);
    assertThat(reasonOf(() -> tree.add(Bytes.EMPTY, LEAF))).isEqualTo(Reason.KEY_LENGTH);
    assertThat(reasonOf(() -> tree.add(Bytes.wrap(new byte[1025]), LEAF)))
        .isEqualTo(Reason.KEY_LENGTH);
    MstEntry entry = new MstEntry(record("3fp"), LEAF);
    assertThat(reasonOf(() -> Mst.of(List.of(entry, entry)))).isEqualTo(Reason.KEY_EXISTS);
  }

  @Test
  void put_ofTheValueThatIsThereGivesTheSameTree() {
    Mst tree = Mst.empty().put(record("3fo"), LEAF);
    assertThat(tree.put(record("3fo"), LEAF)).isSameAs(tree);
    Cid other = Cid.ofDagCbor(new byte[] {(byte) 0xa0});
    assertThat(tree.put(record("3fo"), other).find(record("3fo"))).isEqualTo(other);
  }

  // A collection's range must not take in a collection whose name begins alike.
  @Test
  void range_ofACollection() {
    Bytes note = Keys.key("com.example.note/a");
    Mst tree =
        Mst.of(
            List.of(
                new MstEntry(Keys.key("com.example.note.more/a"), LEAF),
                new MstEntry(Keys.key("com.example.noter/a"), LEAF),
                new MstEntry(Keys.key("com.example.not/a"), LEAF),
                new MstEntry(note, LEAF)));
    assertThat(tree.range(KeyRange.ofCollection(Nsid.parse("com.example.note"))))
        .containsExactly(new MstEntry(note, LEAF));
    assertThat(tree.range(KeyRange.ofPrefix(Bytes.wrap(new byte[] {'c', (byte) 0xff})))).isEmpty();
    assertThat(KeyRange.ofPrefix(Bytes.wrap(new byte[] {1, (byte) 0xff})).to())
        .isEqualTo(Bytes.wrap(new byte[] {2}));
    assertThat(KeyRange.ofPrefix(Bytes.wrap(new byte[] {(byte) 0xff})).to()).isNull();
  }

  // MST-37: a range reads no node that has none of it.
  @Test
  void range_leavesMissingNodesAlone() {
    Mst whole = Mst.empty();
    for (String rkey : List.of("3fo", "3fp", "3fr", "3fs", "3ft", "3fx", "3fz", "4fc", "4fd")) {
      whole = whole.insert(record(rkey), LEAF);
    }
    Map<Cid, Bytes> way = whole.pathBlocks(record("3fr"));
    Mst part = Mst.load(whole.root(), way::get);
    assertThat(part.range(new KeyRange(record("3fo"), record("3fs")))).hasSize(3);
    Iterator<MstEntry> entries = part.range(KeyRange.from(record("3fs"))).iterator();
    assertThat(entries.next().key()).isEqualTo(record("3fs")); // and only then looks further
    assertThat(reasonOf(entries::next)).isEqualTo(Reason.MISSING_NODE);
    assertThat(reasonOf(() -> part.forEach(entry -> {}))).isEqualTo(Reason.MISSING_NODE);
  }

  private static Reason reasonOf(Runnable action) {
    return catchThrowableOfType(MstException.class, action::run).reason();
  }
}
