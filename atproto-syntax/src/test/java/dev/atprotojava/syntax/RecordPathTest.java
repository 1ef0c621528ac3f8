// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.syntax;

import static dev.atprotojava.syntax.Refusals.assertRefused;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.syntax.InvalidSyntaxException.Rule;
import dev.atprotojava.testing.Gen;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordPathTest {
  // SY-08; the colon although the repository page leaves it out (MST-03, T-31).
  @ParameterizedTest
  @ValueSource(
      strings = {
        "self",
        "3jui7kd54zh2y",
        "example.com",
        "~1.2-3_",
        "pre:fix",
        "_",
        "...",
        ":",
        "-"
      })
  void recordKey_keepsTheText(String text) {
    assertThat(RecordKey.parse(text)).hasToString(text);
    assertThat(Framed.of(text).decode(RecordKey::decode)).isEqualTo(RecordKey.parse(text));
    assertThat(RecordKey.isValid(text)).isTrue();
    assertThat(Framed.of(text).is(RecordKey::isValid)).isTrue();
    assertThat(RecordPath.parse("a.b.c/" + text).rkey()).isEqualTo(RecordKey.parse(text));
  }

  // A key that survives as a file name or URI segment, and cannot leave its folder.
  @ParameterizedTest
  @CsvSource({
    "'', TOO_SHORT, 0",
    "., RESERVED, 0",
    ".., RESERVED, 0",
    "alpha/beta, CHARACTER, 5",
    "%23, CHARACTER, 0",
    "'#extra', CHARACTER, 0",
    "any space, CHARACTER, 3",
    "key(), CHARACTER, 3",
    "@handle, CHARACTER, 0",
    "dHJ1ZQ==, CHARACTER, 6",
    "any+space, CHARACTER, 3",
    "k\u00ffy, CHARACTER, 1",
    "k\u0130, CHARACTER, 1",
    "'k\0', CHARACTER, 1",
  })
  void recordKey_refuses(String text, Rule rule, int index) {
    assertRefused(rule, index, () -> RecordKey.parse(text));
    assertRefused(rule, index, () -> Framed.of(text).decode(RecordKey::decode));
    assertThat(RecordKey.isValid(text)).isFalse();
    assertThat(Framed.of(text).is(RecordKey::isValid)).isFalse();
    assertRefused(rule, index + 6, () -> RecordPath.parse("a.b.c/" + text));
  }

  @Test
  void recordKey_limitsTheLength() {
    assertThat(RecordKey.isValid("k".repeat(512))).isTrue();
    assertRefused(Rule.TOO_LONG, 512, () -> RecordKey.parse("k".repeat(513)));
  }

  // MST-02
  @ParameterizedTest
  @CsvSource({
    "'', TOO_SHORT, 0",
    "com.example.record, TOO_SHORT, 18",
    "com.example.record/, TOO_SHORT, 19",
    "/com.example.record, TOO_SHORT, 0",
    "com.example/key, FEW_PARTS, 11",
    "com.example.record/key/, CHARACTER, 22",
    "com.example.record//key, CHARACTER, 19",
    "com.example.record/key/more, CHARACTER, 22",
    "com.example.3/key, CHARACTER, 12",
    "com.Example.record/key, NOT_NORMALIZED, 4",
    "Com.Example.record/key, NOT_NORMALIZED, 0",
  })
  void parse_refuses(String text, Rule rule, int index) {
    assertRefused(rule, index, () -> RecordPath.parse(text));
    assertRefused(rule, index, () -> Framed.of(text).decode(RecordPath::decode));
    assertThat(RecordPath.isValid(text)).isFalse();
    assertThat(Framed.of(text).is(RecordPath::isValid)).isFalse();
  }

  @Test
  void parse_takesTheLongest() {
    String label = "a".repeat(63);
    String nsid = (label + ".").repeat(3) + "a".repeat(61) + "." + label;
    String longest = nsid + "/" + "k".repeat(512);
    assertThat(RecordPath.parse(longest).toString()).hasSize(RecordPath.MAX_LENGTH);
    assertRefused(Rule.TOO_LONG, 830, () -> RecordPath.parse(longest + "k"));
  }

  @Test
  void parts_makeThePath() {
    RecordPath path = RecordPath.parse("app.bsky.feed.postGate/3jui7kd54zh2y");
    assertThat(path.collection()).isEqualTo(Nsid.parse("app.bsky.feed.postGate"));
    assertThat(path.rkey()).isEqualTo(RecordKey.parse("3jui7kd54zh2y"));
    assertThat(RecordPath.of(path.collection(), path.rkey())).isEqualTo(path);
    assertThat(Framed.of(path.toString()).decode(RecordPath::decode)).isEqualTo(path);
    Nsid spelled = Nsid.parse("app.Bsky.feed.postGate");
    assertRefused(Rule.NOT_NORMALIZED, 4, () -> RecordPath.of(spelled, path.rkey()));
  }

  // Two records that are taken for one: a write of either would be refused as the second of both.
  @Test
  void equals_isThatOfTheText() {
    RecordPath path = RecordPath.parse("a.b.c/x");
    assertThat(path)
        .isEqualTo(RecordPath.parse("a.b.c/x"))
        .hasSameHashCodeAs(RecordPath.parse("a.b.c/x"))
        .isNotEqualTo(RecordPath.parse("a.b.c/y"))
        .isNotEqualTo("a.b.c/x");
    assertThat(path.rkey())
        .isNotEqualTo(RecordPath.parse("a.b.c/y").rkey())
        .hasSameHashCodeAs(RecordKey.parse("x"))
        .isNotEqualTo("x");
  }

  // MST-05: any other order, such as collection first, builds another tree.
  @Test
  void compareTo_isThatOfTheTree() {
    assertThat(RecordPath.parse("a.b.c.d/x")).isLessThan(RecordPath.parse("a.b.c/x"));
    Gen.forAll(
        500,
        gen -> {
          RecordPath left = anyPath(gen);
          RecordPath right = anyPath(gen);
          assertThat(Integer.signum(left.compareTo(right)))
              .isEqualTo(Integer.signum(Arrays.compareUnsigned(bytes(left), bytes(right))));
        });
  }

  private static RecordPath anyPath(Gen gen) {
    String collection = gen.oneOf("a.b.c", "a.b.cD", "a.b.c.d", "a.b0.c", "a.b-0.c");
    return RecordPath.parse(collection + "/" + gen.text("aZ0_~.:-", 1 + gen.nextInt(3)) + "k");
  }

  private static byte[] bytes(RecordPath path) {
    return path.toString().getBytes(UTF_8);
  }
}
