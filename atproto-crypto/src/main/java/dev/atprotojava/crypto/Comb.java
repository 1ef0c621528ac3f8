// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.crypto;

import java.math.BigInteger;
import org.bouncycastle.math.ec.ECCurve;
import org.bouncycastle.math.ec.ECLookupTable;
import org.bouncycastle.math.ec.ECPoint;

/**
 * A table of multiples of one point that makes multiplying it cheap: the comb of Lim and Lee with
 * the signed digits of Hedabou, Pinel and Bénéteau.
 *
 * <p>An odd number below 2^256 has exactly one form as a sum of {@code digit[i] * 2^i} in which
 * each digit is 1 or -1. Written in rows of {@code columns} digits, the lowest row first,
 *
 * <pre>
 *   row 0           digit[columns - 1]   ...  digit[1]            digit[0]
 *   row 1           digit[2*columns - 1] ...  digit[columns + 1]  digit[columns]
 *   row rows - 1    ...
 * </pre>
 *
 * a column stands for {@code ± P ± 2^columns P ± 2^(2 columns) P ...}, one of 2^rows points. Those
 * with a positive last row are stored, 64 bytes each, and the others are their negatives. The
 * product takes one addition and one doubling a column; a sum of two products shares the doublings.
 * An even number is replaced by the order less it, which is odd, and the result negated.
 *
 * <p>Why not the tables that BouncyCastle attaches to a point: they take 7.2 kB for a P-256 key and
 * 4.7 kB for a K-256 one, where six rows take 2.1 kB and are faster (SignatureBenchmark). Not for
 * secret numbers: which entry is read depends on them.
 */
final class Comb {
  private static final int SCALAR_BITS = 256;

  private final int rows;
  private final int columns;
  private final ECLookupTable table;

  Comb(ECPoint point, int rows) {
    this.rows = rows;
    this.columns = (SCALAR_BITS + rows - 1) / rows;
    ECCurve curve = point.getCurve();
    ECPoint[] weights = new ECPoint[rows];
    weights[0] = point;
    for (int row = 1; row < rows; row++) {
      weights[row] = weights[row - 1].timesPow2(columns);
    }
    curve.normalizeAll(weights);
    int stored = rows - 1;
    ECPoint[] doubled = new ECPoint[stored];
    ECPoint allNegative = weights[stored];
    for (int row = 0; row < stored; row++) {
      allNegative = allNegative.subtract(weights[row]);
      doubled[row] = weights[row].twice();
    }
    curve.normalizeAll(doubled);
    // None of these is infinity: it is an odd number below the order, times the point.
    ECPoint[] points = new ECPoint[1 << stored];
    points[0] = allNegative;
    for (int row = 0; row < stored; row++) {
      for (int i = 0; i < 1 << row; i++) {
        points[(1 << row) + i] = points[i].add(doubled[row]);
      }
    }
    curve.normalizeAll(points);
    this.table = curve.createCacheSafeLookupTable(points, 0, points.length);
  }

  /** The sum of two products, for numbers from 0 to the order - 1. */
  static ECPoint sum(Comb p, BigInteger pFactor, Comb q, BigInteger qFactor, Curve curve) {
    Digits pDigits = p.digits(pFactor, curve.order());
    Digits qDigits = q.digits(qFactor, curve.order());
    ECPoint sum = curve.domain().getCurve().getInfinity();
    for (int column = Math.max(p.columns, q.columns) - 1; column >= 0; column--) {
      sum = sum.twice();
      if (column < p.columns) {
        sum = sum.add(p.column(column, pDigits));
      }
      if (column < q.columns) {
        sum = sum.add(q.column(column, qDigits));
      }
    }
    return sum;
  }

  /** Bit i is set where digit i is 1, and clear where it is -1. */
  private record Digits(BigInteger bits, boolean negated) {}

  private Digits digits(BigInteger factor, BigInteger order) {
    boolean even = !factor.testBit(0);
    BigInteger odd = even ? order.subtract(factor) : factor;
    // The sum of (2 * bit - 1) * 2^i is 2 * bits - (2^length - 1).
    BigInteger ones = BigInteger.ONE.shiftLeft(rows * columns).subtract(BigInteger.ONE);
    return new Digits(odd.add(ones).shiftRight(1), even);
  }

  private ECPoint column(int column, Digits digits) {
    int index = 0;
    for (int row = rows - 1; row >= 0; row--) {
      index = index << 1 | (digits.bits.testBit(row * columns + column) ? 1 : 0);
    }
    boolean lastPositive = index >>> (rows - 1) != 0;
    int mask = (1 << (rows - 1)) - 1;
    ECPoint point = table.lookupVar((lastPositive ? index : ~index) & mask);
    return lastPositive == digits.negated ? point.negate() : point;
  }
}
