// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.cbor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.testing.Gen;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** A view that is off by one shows bytes of a neighbour, and hashes or compares them. */
class BytesTest {
  @Test
  void slice_isWhatACopyOfTheRangeIs() {
    Gen.forAll(
        300,
        gen -> {
          byte[] array = gen.bytes();
          int offset = gen.nextInt(array.length + 1);
          int length = gen.nextInt(array.length - offset + 1);
          Bytes bytes = Bytes.wrap(array, offset, length);
          int from = gen.nextInt(length + 1);
          int size = gen.nextInt(length - from + 1);
          Bytes slice = bytes.slice(from, size);
          byte[] copy = Arrays.copyOfRange(array, offset + from, offset + from + size);
          assertThat(slice.toByteArray()).isEqualTo(copy);
          assertThat(slice).isEqualTo(Bytes.copyOf(copy)).hasSameHashCodeAs(Bytes.copyOf(copy));
          assertThat(slice.isEmpty()).isEqualTo(size == 0);
          for (int i = 0; i < size; i++) {
            assertThat(slice.at(i)).isEqualTo(copy[i]);
          }
          byte[] out = new byte[size + 3];
          assertThat(slice.write(out, 2)).isEqualTo(2 + size);
          assertThat(Arrays.copyOfRange(out, 2, 2 + size)).isEqualTo(copy);
          byte[] other = gen.bytes();
          assertThat(Integer.signum(slice.compareTo(Bytes.wrap(other))))
              .isEqualTo(Integer.signum(Arrays.compareUnsigned(copy, other)));
        });
  }

  @Test
  void ranges_stayInside() {
    Bytes bytes = Bytes.wrap(new byte[10], 2, 4);
    assertThat(bytes.slice(4, 0).isEmpty()).isTrue();
    assertOutside(() -> bytes.at(-1));
    assertOutside(() -> bytes.at(4));
    assertOutside(() -> bytes.slice(-1, 2));
    assertOutside(() -> bytes.slice(1, -1));
    assertOutside(() -> bytes.slice(1, 4));
    assertOutside(() -> bytes.slice(5, 0));
    assertOutside(() -> bytes.slice(1, Integer.MAX_VALUE));
    assertOutside(() -> Bytes.wrap(new byte[10], 8, 3));
    assertOutside(() -> Bytes.wrap(new byte[10], -1, 3));
    assertOutside(() -> Bytes.wrap(new byte[10], 3, -1));
  }

  private static void assertOutside(Runnable use) {
    assertThatThrownBy(use::run).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void copyOf_isNotChangedByItsSource() {
    byte[] source = {1, 2};
    Bytes copy = Bytes.copyOf(source);
    source[0] = 9;
    assertThat(copy.toHex()).isEqualTo("0102");
    assertThat(Bytes.ofUtf8("h\u00e9").toHex()).isEqualTo("68c3a9");
  }

  // The bytes may be anybody's, and end in a log.
  @Test
  void toString_saysHowManyAndNotWhich() {
    assertThat(Bytes.ofUtf8("secret")).hasToString("Bytes[6]");
  }
}
