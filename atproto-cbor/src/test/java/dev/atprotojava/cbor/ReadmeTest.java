// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.cbor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.car.CarReader;
import dev.atprotojava.car.CarStream;
import dev.atprotojava.car.CarWriter;
import dev.atprotojava.cbor.CborValue.MapValue;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.testing.Readme;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
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
    MapValue record = CborValue.map().put("$type", "com.example.note").put("text", "hi").build();
    Bytes block = record.encode();
    Cid cid = record.cid();
    boolean same = CborValue.decode(block).equals(record);
    String json = DataModelJson.print(record); // {"text":"hi","$type":"com.example.note"}
    assertThat(same).isTrue();
    assertThat(json).isEqualTo("{\"text\":\"hi\",\"$type\":\"com.example.note\"}");
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
  void example_streams() throws IOException {
    Bytes block = CborValue.array().encode();
    Bytes file = new CarWriter(List.of()).add(CborValue.array().cid(), block).toBytes();
    InputStream input = new ByteArrayInputStream(file.toByteArray());
    long bytes = 0;
    try (CarStream stream = CarStream.open(input)) {
      while (stream.next()) {
        bytes += stream.dataLength(); // at stream.array(), until next() is called again
      }
    }
    assertThat(bytes).isEqualTo(1);
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
