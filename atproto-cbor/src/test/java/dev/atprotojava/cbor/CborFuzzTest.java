// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.cbor;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.atprotojava.testing.Cost;
import java.util.ArrayList;
import java.util.List;

/**
 * Any bytes at all through the reader, the tree, the lenient reader and JSON. An ordinary build
 * replays the inputs beside this class; {@code JAZZER_FUZZ=1} looks for more, one method at a time.
 */
class CborFuzzTest {
  private static final int PER_BYTE = 400;

  /** CB-18: what is accepted has one form, and is that form. */
  @FuzzTest(maxDuration = "5m")
  void decode_acceptsOneFormOnly(byte[] input) {
    Cost.requireLinear(input.length, PER_BYTE, () -> decode(Bytes.wrap(input.clone())));
  }

  private static void decode(Bytes input) {
    CborValue value;
    try {
      value = CborValue.decode(input);
    } catch (CborException e) {
      return;
    }
    CborWriter out = new CborWriter();
    value.write(out);
    require(out.toBytes().equals(input), "another encoding of the same value");
    require(CborValue.decode(out.toBytes()).equals(value), "another value of the same encoding");
  }

  /** What a relay reads leniently it writes in the strict form. */
  @FuzzTest(maxDuration = "5m")
  void decodeSequence_isStrictOnceWritten(byte[] input) {
    Bytes bytes = Bytes.wrap(input.clone());
    List<CborValue> values = new ArrayList<>();
    Cost.requireLinear(
        input.length,
        PER_BYTE,
        () -> {
          values.clear();
          try {
            values.addAll(LenientCbor.decodeSequence(bytes, CborLimits.DEFAULT));
          } catch (CborException e) {
            // refused, which is as good
          }
        });
    for (CborValue value : values) {
      CborWriter out = new CborWriter();
      value.write(out);
      require(CborValue.decode(out.toBytes()).equals(value), "not canonical when written");
    }
  }

  /** JSON of the data model: what it reads it prints, and reads again as the same (CB-04). */
  @FuzzTest(maxDuration = "5m")
  void json_comesBack(byte[] input) {
    Cost.requireLinear(input.length, PER_BYTE, () -> readJson(Bytes.wrap(input.clone())));
  }

  private static void readJson(Bytes input) {
    CborValue value;
    try {
      value = DataModelJson.parse(input, CborLimits.DEFAULT);
    } catch (JsonException e) {
      return;
    }
    require(
        DataModelJson.parse(DataModelJson.print(value)).equals(value), "JSON came back changed");
  }

  private static void require(boolean condition, String what) {
    if (!condition) {
      throw new AssertionError(what);
    }
  }
}
