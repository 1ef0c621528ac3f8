// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborException;
import dev.atprotojava.cbor.CborException.Reason;
import dev.atprotojava.cbor.CborReader;
import dev.atprotojava.cbor.CborValue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The CBOR and CID fixtures of DASL. A case says by its tags whom it is for; ours are {@code
 * basic}, {@code dag-cbor} and {@code dasl-cid}. Where the protocol is stricter than DASL it wins
 * (IV-02), and the verdict names the rule: no floats (CB-05), integers of 64 signed bits (CB-03),
 * no BLAKE3 (CID-01).
 */
final class DaslVectors {
  static final List<VectorClaim> CLAIMS =
      List.of(
          file("cid"),
          file("concat"),
          file("floats"),
          file("indefinite"),
          file("integer_range"),
          file("map_keys"),
          file("numeric_reduction"),
          file("short_form"),
          file("simple"),
          file("tags"),
          file("utf8"));

  private static final List<String> OUR_TAGS = List.of("basic", "dag-cbor", "dasl-cid");

  private DaslVectors() {}

  private static VectorClaim file(String name) {
    return VectorClaim.objects("dasl/fixtures/cbor/" + name + ".json", "name", DaslVectors::cbor);
  }

  private static Verdict cbor(Fields fixture) {
    String name = fixture.text("name");
    Bytes data = fixture.hex("data");
    List<String> tags = fixture.texts("tags");
    boolean valid =
        switch (fixture.text("type")) {
          case "roundtrip" -> true;
          case "invalid_in", "invalid_out" -> false;
          default -> throw new Mismatch("a new kind of case");
        };
    CborValue value = decode(data);
    if (value != null) {
      // CB-18, whoever the case is for
      Expect.same("what is encoded again", value.encode().toHex(), data.toHex());
    }
    Stricter stricter = stricter(data);
    if (stricter != null) {
      Expect.same("the reason to refuse it", reasonOf(data), stricter.reason);
      return valid ? new Verdict.Narrowed(stricter.rule, stricter.why) : Verdict.PASSED;
    }
    if (OUR_TAGS.stream().noneMatch(tags::contains)) {
      return new Verdict.NotOurs("for " + String.join(", ", tags));
    }
    boolean accepted = value != null && (!tags.contains("dasl-cid") || isBlessed(value));
    if (name.equals("Big DASL CID")) {
      Expect.that(!accepted, "taken for a CID of the protocol");
      return new Verdict.Narrowed("CID-01", "a CID of the protocol is of SHA-256");
    }
    Expect.same("whether it is accepted", accepted, valid);
    return Verdict.PASSED;
  }

  /** A rule by which the protocol refuses what DASL may allow. */
  private enum Stricter {
    FLOAT(Reason.FLOAT, "CB-05", "there are no floats"),
    RANGE(Reason.INTEGER_RANGE, "CB-03", "integers have 64 bits, sign included");

    final Reason reason;
    final String rule;
    final String why;

    Stricter(Reason reason, String rule, String why) {
      this.reason = reason;
      this.rule = rule;
      this.why = why;
    }
  }

  private static @Nullable Stricter stricter(Bytes data) {
    boolean is64Bits = data.length() == 9;
    return switch (data.at(0) & 0xff) {
      case 0xf9, 0xfa, 0xfb -> Stricter.FLOAT;
      case 0x1b, 0x3b -> is64Bits && data.at(1) < 0 ? Stricter.RANGE : null;
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
    return Expect.refused(
            CborException.class,
            "it",
            () -> new CborReader().check(data.array(), data.offset(), data.length()))
        .reason();
  }
}
