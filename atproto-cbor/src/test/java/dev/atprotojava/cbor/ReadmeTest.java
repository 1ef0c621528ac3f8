// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.cbor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.car.CarReader;
import dev.atprotojava.car.CarWriter;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.testing.Readme;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An example that does not compile, or says what is not so, is worse than none. */
class ReadmeTest {
  @Test
  void readme_showsThisCode() {
    Readme.assertShowsCodeOf(ReadmeTest.class, "atproto-cbor");
  }

  @Test
  void example_reads() {
    CborValue record = DataModelJson.parse("{\"$type\": \"com.example.note\", \"text\": \"hi\"}");
    Bytes block = record.encode();
    Cid cid = Cid.ofDagCbor(block.toByteArray());
    assertThat(CborValue.decode(block)).isEqualTo(record);
    assertThat(cid.toString()).startsWith("bafyrei").hasSize(59);

    Bytes file = new CarWriter(List.of(cid)).add(cid, block).toBytes();
    List<Bytes> blocks = new ArrayList<>();
    CarReader car = new CarReader().reset(file);
    while (car.next()) { // each block was hashed by now
      blocks.add(car.data()); // a slice of the file, no copy
    }
    assertThat(blocks).containsExactly(block);
  }

  @Test
  void refusals_areThoseOfTheReadme() {
    List<String> refused =
        List.of(
            "1801", // a head that is longer than it needs to be
            "9f01ff", // an array without a length
            "a2616201616101", // keys that are not in order
            "a2616101616101", // a key twice
            "f93c00", // a float
            "c11a514b67b0", // a tag that is not a link's
            "61ff", // text that is not UTF-8
            "0101"); // something behind the item
    for (String hex : refused) {
      assertThatThrownBy(() -> CborValue.decode(Bytes.fromHex(hex)))
          .as(hex)
          .isInstanceOf(CborException.class);
    }
  }
}
