// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.crypto;

import java.math.BigInteger;
import org.bouncycastle.math.ec.ECAlgorithms;
import org.bouncycastle.math.ec.ECFieldElement;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.util.BigIntegers;
import org.jspecify.annotations.Nullable;

/**
 * Verifies with BouncyCastle's arithmetic, on either curve.
 *
 * <p>The first verification of a key leaves nothing behind, because most accounts that a crawl
 * meets are met once; the second builds a {@link Comb}. Two threads may build it at the same time:
 * one of the two stays, and both are right.
 */
final class BouncyCastleVerifier implements Verifier {
  // Each row more makes a verification 10 % faster, and doubles the table.
  private static final int KEY_ROWS = 6;
  private static final int GENERATOR_ROWS = 10;

  /** Of the generators, 32 kB each; made when the first key needs one. */
  private static final class Generator {
    static final Comb P256 = new Comb(Curve.P256.domain().getG(), GENERATOR_ROWS);
    static final Comb K256 = new Comb(Curve.K256.domain().getG(), GENERATOR_ROWS);

    private Generator() {}

    static Comb of(Curve curve) {
      return switch (curve) {
        case P256 -> P256;
        case K256 -> K256;
      };
    }
  }

  private final Curve curve;
  private final byte[] point;
  private boolean used; // a race costs one slow verification
  private volatile @Nullable Comb comb;

  BouncyCastleVerifier(Curve curve, byte[] uncompressedPoint) {
    this.curve = curve;
    this.point = uncompressedPoint;
  }

  @Override
  public boolean verify(byte[] digest, int digestOffset, byte[] signature, int signatureOffset) {
    BigInteger order = curve.order();
    BigInteger r = Curve.number(signature, signatureOffset);
    BigInteger s = Curve.number(signature, signatureOffset + Curve.NUMBER_LENGTH);
    BigInteger inverse = BigIntegers.modOddInverseVar(order, s);
    BigInteger u1 = Curve.number(digest, digestOffset).multiply(inverse).mod(order);
    BigInteger u2 = r.multiply(inverse).mod(order);
    return hasX(sum(u1, u2), r);
  }

  /** u1 G + u2 Q. */
  private ECPoint sum(BigInteger u1, BigInteger u2) {
    Comb multiples = comb;
    if (multiples == null) {
      ECPoint key = curve.decode(point);
      if (!used) {
        used = true;
        return ECAlgorithms.sumOfTwoMultiplies(curve.domain().getG(), u1, key, u2);
      }
      multiples = new Comb(key, KEY_ROWS);
      comb = multiples;
    }
    return Comb.sum(Generator.of(curve), u1, multiples, u2, curve);
  }

  /**
   * Whether x modulo the order is r. x is below the prime, which is above the order, so it is r or
   * r + order. Compared as x * z^2, which spares dividing the coordinate by it.
   */
  private boolean hasX(ECPoint sum, BigInteger r) {
    if (sum.isInfinity()) {
      return false;
    }
    ECFieldElement scale = sum.getZCoord(0).square();
    BigInteger second = r.add(curve.order());
    return isScaled(r, scale, sum)
        || (second.compareTo(curve.prime()) < 0 && isScaled(second, scale, sum));
  }

  private boolean isScaled(BigInteger x, ECFieldElement scale, ECPoint sum) {
    return curve.domain().getCurve().fromBigInteger(x).multiply(scale).equals(sum.getXCoord());
  }
}
