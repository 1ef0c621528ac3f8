// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VectorsTest {
  private static final Path ROOT = Path.of("/home/project");

  // A loader that trims would turn invalid cases into valid ones, and nobody would notice.
  @Test
  void cases_keepsEveryCharacterOfALine() {
    assertThat(Vectors.cases("a\n b\nc \r\n\n# comment\n #d\n\te\u0085\u2028f"))
        .containsExactly("a", " b", "c \r", " #d", "\te\u0085\u2028f");
  }

  @Test
  void locate_takesThePropertyThenTheEnvironmentThenTheSibling() {
    assertThat(VectorTests.locate("/p", "/e", ROOT, "../x")).isEqualTo(Path.of("/p"));
    assertThat(VectorTests.locate("", "/e", ROOT, "../x")).isEqualTo(Path.of("/e"));
    assertThat(VectorTests.locate(null, " ", ROOT, "../x")).isEqualTo(Path.of("/home/x"));
  }

  // A new file of any kind must turn up, or nobody would miss it.
  @Test
  void files_listsEverySetButItsPapers(@TempDir Path directory) throws IOException {
    for (String file :
        new String[] {
          "atproto-interop-tests/README.md",
          "atproto-interop-tests/LICENSE-CC0",
          "atproto-interop-tests/.git/config",
          "atproto-interop-tests/mst/gen_keys.py",
          "atproto-interop-tests/mst/new.car",
          "atproto-interop-tests/top.json",
          "dasl/LICENSE",
          "dasl/fixtures/cbor/cid.json",
          "other/strange.json",
        }) {
      Files.createDirectories(directory.resolve(file).getParent());
      Files.writeString(directory.resolve(file), "[1]");
    }
    Vectors vectors = new Vectors(directory);
    assertThat(vectors.hasOfficialSet()).isTrue();
    assertThat(vectors.files())
        .containsExactly(
            "dasl/fixtures/cbor/cid.json", "mst/new.car", "other/strange.json", "top.json");
    assertThat(vectors.lines("top.json")).containsExactly("[1]");
    assertThat(vectors.json("dasl/fixtures/cbor/cid.json").get(0).intValue()).isEqualTo(1);
    assertThat(new Vectors(directory.resolve("other")).hasOfficialSet()).isFalse();
  }
}
