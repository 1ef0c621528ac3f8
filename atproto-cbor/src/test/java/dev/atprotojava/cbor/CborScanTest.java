// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.cbor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.cbor.testing.RandomValues;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.testing.Gen;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CborScanTest {
  private static final CborLimits LIMITS = new CborLimits(1 << 20, 8, 100, 20);
  private static final CborScan SCAN = new CborScan(LIMITS);

  private static int scan(byte[] in) {
    return SCAN.skip(in, 0, in.length, LIMITS.maxDepth());
  }

  // Damage: an accepted item that the reader refuses, or the offset of something else (CB-01 to
  // CB-16).
  @Test
  void skip_acceptsNothingThatIsRefusedItemByItem() {
    Gen.forAll(
        50_000,
        gen -> {
          byte[] bytes =
              gen.oneIn(4) ? gen.bytes() : RandomValues.value(gen, 4).encode().toByteArray();
          for (int i = gen.between(0, 2); i > 0 && bytes.length > 0; i--) {
            bytes[gen.nextInt(bytes.length)] = (byte) gen.nextInt(256);
          }
          int behind = scan(bytes);
          if (behind != CborScan.NONE) {
            CborReader reader = new CborReader(LIMITS).reset(bytes, 0, bytes.length);
            CborValue.read(reader);
            assertThat(behind).isEqualTo(reader.position());
          }
        });
  }

  // Damage: the quick way is never taken, and nobody notices but who pays for it.
  @Test
  void skip_takesWhatIsCommon() {
    byte[] record =
        CborValue.map()
            .put("$type", "app.bsky.feed.post")
            .put("text", "Grüße, and sixteen bytes and more of plain text")
            .put("link", CborValue.of(Cid.ofDagCbor(new byte[0])))
            .put("flag", true)
            .put("large", 1L << 40)
            .put("small", -1)
            .build()
            .encode()
            .toByteArray();
    assertThat(scan(record)).isEqualTo(record.length);
    // in the middle of something, with nothing and with much behind it
    byte[] within = new byte[record.length + 20];
    System.arraycopy(record, 0, within, 3, record.length);
    assertThat(SCAN.skip(within, 3, 3 + record.length, 8)).isEqualTo(3 + record.length);
    assertThat(SCAN.skip(within, 3, 2 + record.length, 8)).isEqualTo(CborScan.NONE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", // nothing
        "1817", // 23 in two bytes
        "1900ff", // 255 in three
        "1a0000ffff", // 65,535 in five
        "1b00000000ffffffff", // 2^32 - 1 in nine
        "1b8000000000000000", // above 2^63 - 1
        "1c", // reserved
        "5f", // indefinite
        "61ff", // not UTF-8
        "68ffffffffffffffff", // the same, of eight
        "69616161616161616180", // and of nine, in the last
        "a2616201616102", // keys that fall
        "a2616101616102", // a key twice
        "a26a61616161616161616162016a6161616161616161616102", // long ones that fall
        "a1016161", // a key that is no text
        "a1",
        "a161",
        "a16161",
        "82",
        "8201", // cut off
        "9b7fffffffffffffff", // more elements than there are bytes
        "bb7fffffffffffffff",
        "818181818181818180", // nine deep, of eight
        "a17561616161616161616161616161616161616161616101", // a key of 21 bytes, of 20
        "d82a41",
        "d82b4100",
        "c000",
        "f7",
        "f97e00",
        "fb3ff0000000000000",
        "e0",
        "ff",
        "f8f4"
      })
  void skip_leavesToTheReaderWhatIsNotInOrder(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    assertThat(scan(bytes)).isEqualTo(CborScan.NONE);
    // Nor is it taken where other bytes stand behind it.
    byte[] more = Arrays.copyOf(bytes, bytes.length + 16);
    assertThat(SCAN.skip(more, 0, bytes.length, LIMITS.maxDepth())).isEqualTo(CborScan.NONE);
  }
}
