// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.testing.Gen;
import java.math.BigInteger;
import org.bouncycastle.math.ec.ECPoint;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The multiplication of our own, against the textbook one of BouncyCastle. */
class CombTest {
  @ParameterizedTest
  @EnumSource(Curve.class)
  void sum_isTheSumOfTheProducts(Curve curve) {
    ECPoint g = curve.domain().getG();
    Gen.forAll(
        150,
        gen -> {
          BigInteger secret = scalar(gen, curve).max(BigInteger.ONE);
          ECPoint point = g.multiply(secret).normalize();
          BigInteger a = scalar(gen, curve);
          BigInteger b = scalar(gen, curve);
          ECPoint sum =
              Comb.sum(
                  new Comb(g, gen.between(2, 10)), a, new Comb(point, gen.between(2, 8)), b, curve);
          assertThat(sum.isValid()).isTrue();
          assertThat(sum).isEqualTo(g.multiply(a.add(b.multiply(secret)).mod(curve.order())));
        });
  }

  /** From 0 to the order - 1, often near an end, or with long runs of equal bits. */
  private static BigInteger scalar(Gen gen, Curve curve) {
    BigInteger order = curve.order();
    return switch (gen.nextInt(4)) {
      case 0 -> BigInteger.valueOf(gen.nextInt(4));
      case 1 -> order.subtract(BigInteger.valueOf(gen.between(1, 4)));
      case 2 ->
          BigInteger.ONE
              .shiftLeft(gen.between(1, 255))
              .subtract(BigInteger.valueOf(gen.nextInt(2)))
              .mod(order);
      default -> new BigInteger(1, gen.bytes(32)).mod(order);
    };
  }
}
