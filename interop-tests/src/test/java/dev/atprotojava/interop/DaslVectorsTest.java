// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborException;
import dev.atprotojava.cbor.CborException.Reason;
import dev.atprotojava.cbor.CborReader;
import dev.atprotojava.cbor.CborValue;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The CBOR and CID fixtures of DASL. A case says by its tags whom it is for; ours are {@code
 * basic}, {@code dag-cbor} and {@code dasl-cid}. Where the protocol is stricter than DASL it wins
 * (IV-02): no floats (CB-05), integers of 64 signed bits (CB-03), no BLAKE3 (CID-01).
 */
class DaslVectorsTest {
  private static final List<String> OUR_TAGS = List.of("basic", "dag-cbor", "dasl-cid");

  @VectorFile({
    "dasl/fixtures/cbor/cid.json",
    "dasl/fixtures/cbor/concat.json",
    "dasl/fixtures/cbor/floats.json",
    "dasl/fixtures/cbor/indefinite.json",
    "dasl/fixtures/cbor/integer_range.json",
    "dasl/fixtures/cbor/map_keys.json",
    "dasl/fixtures/cbor/numeric_reduction.json",
    "dasl/fixtures/cbor/short_form.json",
    "dasl/fixtures/cbor/simple.json",
    "dasl/fixtures/cbor/tags.json",
    "dasl/fixtures/cbor/utf8.json",
  })
  void cbor(JsonNode fixture) {
    String name = fixture.get("name").textValue();
    Bytes data = Bytes.fromHex(fixture.get("data").textValue());
    Set<String> tags = new HashSet<>();
    fixture.get("tags").forEach(tag -> tags.add(tag.textValue()));
    CborValue value = decode(data);
    if (value != null) {
      assertThat(value.encode()).as(name).isEqualTo(data); // CB-18, whoever the case is for
    }
    Reason stricter = stricter(data);
    if (stricter != null) {
      assertThat(reasonOf(data)).as(name).isEqualTo(stricter);
      return;
    }
    if (OUR_TAGS.stream().noneMatch(tags::contains)) {
      return;
    }
    boolean accepted = value != null && (!tags.contains("dasl-cid") || isBlessed(value));
    switch (fixture.get("type").textValue()) {
      case "roundtrip" -> assertThat(accepted).as(name).isEqualTo(!name.equals("Big DASL CID"));
      case "invalid_in", "invalid_out" -> assertThat(accepted).as(name).isFalse();
      default -> throw new AssertionError("a new kind of case: " + name);
    }
  }

  /** Why the protocol refuses what DASL may allow; null if it does not. */
  private static @Nullable Reason stricter(Bytes data) {
    boolean is64Bits = data.length() == 9;
    return switch (data.at(0) & 0xff) {
      case 0xf9, 0xfa, 0xfb -> Reason.FLOAT;
      case 0x1b, 0x3b -> is64Bits && data.at(1) < 0 ? Reason.INTEGER_RANGE : null;
      default -> null;
    };
  }

  private static boolean isBlessed(CborValue value) {
    return value instanceof CborValue.LinkValue link && link.value().isBlessed();
  }

  private static @Nullable CborValue decode(Bytes data) {
    try {
      return CborValue.decode(data);
    } catch (CborException refused) {
      return null;
    }
  }

  private static Reason reasonOf(Bytes data) {
    return catchThrowableOfType(
            CborException.class,
            () -> new CborReader().check(data.array(), data.offset(), data.length()))
        .reason();
  }
}
