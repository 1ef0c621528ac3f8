// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.mst;

import static dev.atprotojava.mst.Keys.LEAF;
import static dev.atprotojava.mst.Keys.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.mst.MstException.Reason;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The golden roots of spec.md 2.8 and the key heights of MST-07. */
class MstTest {
  @ParameterizedTest
  @CsvSource({
    "'', 0",
    "asdf, 0",
    "blue, 1",
    "2653ae71, 0",
    "88bfafc7, 2",
    "2a92d355, 4",
    "884976f5, 6",
    "app.bsky.feed.post/454397e440ec, 4",
    "app.bsky.feed.post/9adeb165882c, 8",
  })
  void height_ofKnownKeys(String key, int height) {
    // MST-06, MST-07.
    assertThat(KeyHeight.of(Keys.key(key))).isEqualTo(height);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bafyreie5737gdxlw5i64vzichcalba3z2v5n6icifvx5xytvske7mr3hpm |",
        "bafyreibj4lsc3aqnrvphp5xmrnfoorvru4wynt6lwidqbm2623a6tatzdu | 3fo",
        "bafyreih7wfei65pxzhauoibu3ls7jgmkju4bspy4t2ha2qdjnzqvoy33ai | 3fx",
        "bafyreicmahysq4n6wfuxo522m6dpiy7z7qzym3dzs756t5n7nfdgccwq7m | 3fp 3fr 3fs 3ft 4fc",
        "bafyreifnqrwbk6ffmyaz5qtujqrzf5qmxf7cbxvgzktl4e3gabuxbtatv4 | 3fn 3fo 3fp 3fs 3ft 3fu",
        "bafyreie4kjuxbwkhzg2i5dljaswcroeih4dgiqq6pazcmunwt2byd725vi | 3fn 3fo 3fp 3ft 3fu",
        "bafyreiettyludka6fpgp33stwxfuwhkzlur6chs4d2v4nkmq2j3ogpdjem"
            + " | 3fo 3fp 3fr 3fs 3ft 3fz 4fc 4fd 4ff 4fg 4fh",
        "bafyreid2x5eqs4w4qxvc5jiwda4cien3gw2q6cshofxwnvv7iucrmfohpm"
            + " | 3fo 3fp 3fr 3fs 3ft 3fx 3fz 4fc 4fd 4ff 4fg 4fh",
        "bafyreidfcktqnfmykz2ps3dbul35pepleq7kvv526g47xahuz3rqtptmky | 3ft 3fz",
        "bafyreiavxaxdz7o7rbvr3zg2liox2yww46t7g6hkehx4i4h3lwudly7dhy | 3ft 3fz 3fx",
        "bafyreig4jv3vuajbsybhyvb7gggvpwh2zszwfyttjrj6qwvcsp24h6popu | 3ft 3fz 3fx 4fd",
      })
  void root_ofKnownTrees(String root, String rkeys) {
    List<Bytes> keys = new ArrayList<>();
    if (rkeys != null) {
      for (String rkey : rkeys.strip().split(" ")) {
        keys.add(record(rkey));
      }
    }
    Mst forwards = Mst.empty();
    for (Bytes key : keys) {
      forwards = forwards.insert(key, LEAF);
    }
    Mst backwards = Mst.empty();
    for (Bytes key : keys.reversed()) {
      backwards = backwards.insert(key, LEAF);
    }
    assertThat(forwards.root()).hasToString(root.strip());
    assertThat(backwards.root()).hasToString(root.strip());
  }

  // The rows of 2.8 that say what a delete gives.
  @Test
  void delete_trimsTheRootAndMergesTwoLevels() {
    Mst six = of("3fn", "3fo", "3fp", "3fs", "3ft", "3fu");
    assertThat(six.delete(record("3fs")).root())
        .hasToString("bafyreie4kjuxbwkhzg2i5dljaswcroeih4dgiqq6pazcmunwt2byd725vi");
    Mst eleven = of("3fo", "3fp", "3fr", "3fs", "3ft", "3fz", "4fc", "4fd", "4ff", "4fg", "4fh");
    assertThat(eleven.insert(record("3fx"), LEAF).delete(record("3fx")).root())
        .isEqualTo(eleven.root());
  }

  // MST-36: an emptied tree must not remember how high it was.
  @Test
  void delete_ofTheLastKeyForgetsTheHeight() {
    Mst emptied = of("3fx").delete(record("3fx"));
    assertThat(emptied.isEmpty()).isTrue();
    assertThat(emptied.root()).isEqualTo(Mst.EMPTY_ROOT);
    assertThat(emptied.insert(record("3fo"), LEAF).root()).isEqualTo(of("3fo").root());
  }

  // MST-35
  @Test
  void operations_refuseWhatDoesNotFit() {
    Mst tree = of("3fo", "3fs", "3fx");
    assertThat(reasonOf(() -> tree.insert(record("3fs"), LEAF))).isEqualTo(Reason.KEY_EXISTS);
    assertThat(reasonOf(() -> tree.insert(record("3fo"), LEAF))).isEqualTo(Reason.KEY_EXISTS);
    assertThat(reasonOf(() -> tree.update(record("3fp"), LEAF))).isEqualTo(Reason.KEY_ABSENT);
    assertThat(reasonOf(() -> tree.delete(record("4fc")))).isEqualTo(Reason.KEY_ABSENT);
    assertThat(reasonOf(() -> Mst.empty().delete(record("4fc")))).isEqualTo(Reason.KEY_ABSENT);
    assertThat(reasonOf(() -> tree.insert(Bytes.EMPTY, LEAF))).isEqualTo(Reason.KEY_LENGTH);
    assertThat(reasonOf(() -> tree.insert(Bytes.wrap(new byte[1025]), LEAF)))
        .isEqualTo(Reason.KEY_LENGTH);
    assertThat(tree.find(record("3fp"))).isNull();
    assertThat(tree.find(record("3fs"))).isEqualTo(LEAF);
  }

  // MST-38: of a tree whose root is missing nothing is known but its CID.
  @Test
  void load_withoutTheRoot() {
    Cid root = of("3fo").root();
    Mst tree = Mst.load(root, cid -> null);
    assertThat(tree.root()).isEqualTo(root);
    assertThat(reasonOf(() -> tree.find(record("3fo")))).isEqualTo(Reason.MISSING_NODE);
    assertThat(reasonOf(() -> tree.insert(record("3fp"), LEAF))).isEqualTo(Reason.MISSING_NODE);
    assertThat(Mst.load(Mst.EMPTY_ROOT, cid -> null).isEmpty()).isTrue();
  }

  // MST-37: when the root gives way to a child that is not here, the child's CID is the root.
  @Test
  void delete_mayLeaveAStubAsTheRoot() {
    Mst whole = of("3fn", "3fo", "3fp", "3fs");
    Mst onlyRoot =
        Mst.load(whole.root(), cid -> cid.equals(whole.root()) ? find(whole, cid) : null);
    Mst trimmed = onlyRoot.delete(record("3fs"));
    assertThat(trimmed.root()).isEqualTo(of("3fn", "3fo", "3fp").root());
    assertThat(reasonOf(() -> trimmed.delete(record("3fo")))).isEqualTo(Reason.MISSING_NODE);
  }

  private static Bytes find(Mst tree, Cid cid) {
    Bytes block = tree.blocks().get(cid);
    assertThat(block).isNotNull();
    return block;
  }

  private static Mst of(String... rkeys) {
    Mst tree = Mst.empty();
    for (String rkey : rkeys) {
      tree = tree.insert(record(rkey), LEAF);
    }
    return tree;
  }

  private static Reason reasonOf(Runnable action) {
    return catchThrowableOfType(MstException.class, action::run).reason();
  }
}
