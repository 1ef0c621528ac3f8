// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.multiformats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.testing.Readme;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** An example that does not compile, or says what is not so, is worse than none. */
class ReadmeTest {
  @Test
  void readme_showsThisCode() {
    Readme.assertShowsCodeOf(ReadmeTest.class, "atproto-multiformats");
  }

  @Test
  void example_decodes() {
    String multikey = "zQ3shqwJEJyMBsBXCWyCBpUBMqxcon9oHB7mCvx4sSpMdLJwc";
    byte[] cid =
        HexFormat.of()
            .parseHex("017112209dfefe61dd76ea3dcae5023880b08379d57adf20482d6fdbe2759289f647677b");

    byte[] key = Multibase.BASE58BTC.decode(multikey); // "zQ3sh...": the 35 bytes of a K-256 key
    long codec = UnsignedVarint.decode(key, 0, key.length); // 0xe7
    int begin = UnsignedVarint.length(codec); // 2
    assertThat(key).hasSize(35);
    assertThat(codec).isEqualTo(0xe7);
    assertThat(begin).isEqualTo(2);

    String text = Multibase.BASE32.encode(cid); // "bafyrei..."
    byte[] same = Multibase.BASE32.decode(text);
    assertThat(text).isEqualTo("bafyreie5737gdxlw5i64vzichcalba3z2v5n6icifvx5xytvske7mr3hpm");
    assertThat(same).isEqualTo(cid);
  }
}
