// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.repo;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.mst.Mst;
import dev.atprotojava.testing.Readme;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** An example that does not compile, or says what is not so, is worse than none. */
class ReadmeTest {
  @Test
  void readme_showsThisCode() {
    Readme.assertShowsCodeOf(ReadmeTest.class, "atproto-mst");
  }

  @Test
  void example_provesACommit() {
    Bytes path = Bytes.wrap("com.example.note/3jzfcijpj2z2a".getBytes(US_ASCII));
    Cid record = Cid.ofDagCbor(new byte[] {(byte) 0xa0});

    Mst before = Mst.empty();
    Mst after = before.insert(path, record);
    List<RecordOp> ops = List.of(new RecordOp.Create(path, record));
    Map<Cid, Bytes> proof = after.proofBlocks(List.of(path)); // what travels with the commit

    Mst received = Mst.load(after.root(), proof::get);
    boolean complete = OpInversion.invert(received, ops).root().equals(before.root());

    assertThat(complete).isTrue();
    assertThat(before.root()).isEqualTo(Mst.EMPTY_ROOT);
  }
}
