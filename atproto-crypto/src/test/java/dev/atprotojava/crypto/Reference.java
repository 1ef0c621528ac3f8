// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.crypto;

import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * ECDSA as in the textbook: affine points, BigInteger, no library. Slow, and independent of all
 * that it checks; it also makes the signatures that no honest signer meets.
 */
@SuppressWarnings("ImmutableEnumChecker") // a Point is a record of BigIntegers
enum Reference {
  P256(
      "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
      "-3",
      "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b",
      "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
      "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
      "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"),
  K256(
      "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f",
      "0",
      "7",
      "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141",
      "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798",
      "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8");

  /** A point; null stands for the identity. */
  record Point(BigInteger x, BigInteger y) {}

  final BigInteger p;
  final BigInteger a;
  final BigInteger b;
  final BigInteger n;
  final BigInteger halfN;
  final Point g;

  Reference(String p, String a, String b, String n, String gx, String gy) {
    this.p = new BigInteger(p, 16);
    this.a = new BigInteger(a, 16);
    this.b = new BigInteger(b, 16);
    this.n = new BigInteger(n, 16);
    this.halfN = this.n.shiftRight(1);
    this.g = new Point(new BigInteger(gx, 16), new BigInteger(gy, 16));
  }

  @Nullable Point add(@Nullable Point v, @Nullable Point w) {
    if (v == null) {
      return w;
    }
    if (w == null) {
      return v;
    }
    BigInteger slope;
    if (v.x.equals(w.x)) {
      if (v.y.add(w.y).mod(p).signum() == 0) {
        return null;
      }
      BigInteger numerator = v.x.pow(2).multiply(BigInteger.valueOf(3)).add(a);
      slope = numerator.multiply(v.y.shiftLeft(1).modInverse(p));
    } else {
      slope = w.y.subtract(v.y).multiply(w.x.subtract(v.x).modInverse(p));
    }
    BigInteger x = slope.pow(2).subtract(v.x).subtract(w.x).mod(p);
    return new Point(x, slope.multiply(v.x.subtract(x)).subtract(v.y).mod(p));
  }

  @Nullable Point multiply(BigInteger factor, @Nullable Point point) {
    Point product = null;
    for (int bit = factor.bitLength() - 1; bit >= 0; bit--) {
      product = add(product, product);
      if (factor.testBit(bit)) {
        product = add(product, point);
      }
    }
    return product;
  }

  /** The point with this x and an even y, or null if the curve has none. */
  @Nullable Point pointAt(BigInteger x) {
    BigInteger square = x.pow(3).add(a.multiply(x)).add(b).mod(p);
    BigInteger y = square.modPow(p.add(BigInteger.ONE).shiftRight(2), p); // p = 3 mod 4
    if (!y.modPow(BigInteger.TWO, p).equals(square)) {
      return null;
    }
    return new Point(x, y.testBit(0) ? p.subtract(y) : y);
  }

  /** The equation alone: any s, high or low. */
  boolean verify(Point key, BigInteger digest, BigInteger r, BigInteger s) {
    if (r.signum() <= 0 || s.signum() <= 0 || r.compareTo(n) >= 0 || s.compareTo(n) >= 0) {
      return false;
    }
    BigInteger w = s.modInverse(n);
    Point sum = add(multiply(digest.multiply(w).mod(n), g), multiply(r.multiply(w).mod(n), key));
    return sum != null && sum.x.mod(n).equals(r);
  }

  /** The key of a secret from 1 to the order - 1. */
  Point publicKey(BigInteger secret) {
    Point key = multiply(secret, g);
    if (key == null) {
      throw new IllegalArgumentException("the identity is not a key");
    }
    return key;
  }

  /** A signature of a digest with a nonce of the caller's choice, and its point; low s. */
  byte[] sign(BigInteger secret, BigInteger nonce, Point noncePoint, BigInteger digest) {
    BigInteger r = noncePoint.x.mod(n);
    BigInteger s = nonce.modInverse(n).multiply(digest.add(r.multiply(secret))).mod(n);
    return signature(r, s.min(n.subtract(s)));
  }

  /** The key under which (r, s) signs the digest by way of the point R, whatever R's x is. */
  Point recover(Point nonce, BigInteger digest, BigInteger r, BigInteger s) {
    Point minusDigest = multiply(n.subtract(digest.mod(n)), g);
    Point key = multiply(r.modInverse(n), add(multiply(s, nonce), minusDigest));
    if (key == null) {
      throw new IllegalArgumentException("the identity is not a key");
    }
    return key;
  }

  static byte[] compressed(Point point) {
    byte[] out = new byte[33];
    out[0] = (byte) (point.y.testBit(0) ? 3 : 2);
    System.arraycopy(Curve.bytes(point.x), 0, out, 1, 32);
    return out;
  }

  static byte[] signature(BigInteger r, BigInteger s) {
    byte[] out = new byte[64];
    System.arraycopy(Curve.bytes(r), 0, out, 0, 32);
    System.arraycopy(Curve.bytes(s), 0, out, 32, 32);
    return out;
  }
}
