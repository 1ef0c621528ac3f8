// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignatureTest {
  private static final BigInteger ONE = BigInteger.ONE;

  // CR-13: DER of a correct signature (70 to 72 bytes) must not get as far as arithmetic.
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 32, 63, 65, 70, 71, 72, 128})
  void parse_refusesOtherLengths(int length) {
    byte[] bytes = new byte[length];
    java.util.Arrays.fill(bytes, (byte) 1);
    assertThatThrownBy(() -> Signature.parse(bytes))
        .isInstanceOf(CryptoException.class)
        .hasMessageContaining(length + " bytes");
  }

  // CR-11 with the widest bounds of the two curves: the curve is not known here.
  @Test
  void parse_refusesWhatNeitherCurveHas() {
    BigInteger largestR = Reference.P256.n.max(Reference.K256.n).subtract(ONE);
    BigInteger largestS = Reference.P256.halfN.max(Reference.K256.halfN);
    assertThat(Signature.parse(Reference.signature(ONE, ONE)).toBytes()).endsWith(1);
    assertThat(Signature.parse(Reference.signature(ONE, largestS)).toBytes()).hasSize(64);
    assertThat(Signature.parse(Reference.signature(largestR, ONE)).toBytes()).hasSize(64);
    refuses(BigInteger.ZERO, ONE, "r is zero");
    refuses(ONE, BigInteger.ZERO, "s is zero");
    refuses(largestR.add(ONE), ONE, "r is not below");
    refuses(ONE, largestS.add(ONE), "s is above half");
    refuses(ONE, Reference.K256.n.subtract(ONE), "s is above half");
  }

  private static void refuses(BigInteger r, BigInteger s, String reason) {
    assertThatThrownBy(() -> Signature.parse(Reference.signature(r, s)))
        .isInstanceOf(CryptoException.class)
        .hasMessageStartingWith(reason)
        .extracting(e -> ((CryptoException) e).kind())
        .isEqualTo(CryptoException.Kind.MALFORMED);
  }

  // CR-14: one message has many signatures by one key, so that bytes differ says nothing; a set of
  // signatures, or a test for equality, would lead somebody to think that it does.
  @Test
  void equals_isIdentity() {
    byte[] bytes = Reference.signature(ONE, ONE);
    Signature signature = Signature.parse(bytes);
    assertThat(signature).isNotEqualTo(Signature.parse(bytes));
  }

  // A caller that reuses its buffer must not change a signature that was already checked.
  @Test
  void parse_copies() {
    byte[] bytes = Reference.signature(ONE, ONE);
    Signature signature = Signature.parse(bytes);
    bytes[40] = -1;
    signature.toBytes()[40] = -1;
    assertThat(signature.toBytes()).isEqualTo(Reference.signature(ONE, ONE));
    assertThat(signature).hasToString(HexFormat.of().formatHex(signature.toBytes()));
  }
}
