// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.crypto;

import java.math.BigInteger;
import java.util.Arrays;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.math.ec.ECCurve;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.util.BigIntegers;
import org.jspecify.annotations.Nullable;

/**
 * One of the two curves (CR-01): its numbers, its names in texts, and the checks that must come out
 * the same whichever library computes.
 *
 * <p>From {@link CustomNamedCurves}: the arithmetic of the plain named curves takes five times as
 * long.
 */
@SuppressWarnings("ImmutableEnumChecker") // nothing writes to its arrays
enum Curve {
  P256("p256", "secp256r1", 0x1200, 0x1306, "EcdsaSecp256r1VerificationKey2019"),
  K256("k256", "secp256k1", 0xe7, 0x1301, "EcdsaSecp256k1VerificationKey2019");

  /** The length in bytes of a coordinate, a scalar and a digest. */
  static final int NUMBER_LENGTH = 32;

  /** A SEC1 compressed point: {@code 02} or {@code 03} for the parity of y, then x. */
  static final int COMPRESSED_LENGTH = 33;

  /** A SEC1 uncompressed point: {@code 04}, x, y. */
  static final int UNCOMPRESSED_LENGTH = 65;

  private static final byte[] ZERO = new byte[NUMBER_LENGTH];

  private final String label;
  private final int publicCodec;
  private final int privateCodec;
  private final String legacyType;
  private final ECDomainParameters domain;
  private final BigInteger prime;
  private final byte[] primeBytes;
  private final byte[] orderBytes;
  private final byte[] halfOrderBytes;

  Curve(String label, String secName, int publicCodec, int privateCodec, String legacyType) {
    this.label = label;
    this.publicCodec = publicCodec;
    this.privateCodec = privateCodec;
    this.legacyType = legacyType;
    X9ECParameters parameters = CustomNamedCurves.getByName(secName);
    this.domain = new ECDomainParameters(parameters);
    this.prime = parameters.getCurve().getField().getCharacteristic();
    this.primeBytes = bytes(prime);
    this.orderBytes = bytes(domain.getN());
    this.halfOrderBytes = bytes(domain.getN().shiftRight(1));
  }

  /** The name in the specification and in messages. */
  String label() {
    return label;
  }

  /** The multicodec of a public key (CR-03). */
  int publicCodec() {
    return publicCodec;
  }

  /** The multicodec of a private key (CR-07). */
  int privateCodec() {
    return privateCodec;
  }

  /** The type of a verification method before Multikey (CR-21). */
  String legacyType() {
    return legacyType;
  }

  ECDomainParameters domain() {
    return domain;
  }

  /** The number of points, a prime. */
  BigInteger order() {
    return domain.getN();
  }

  /** The prime of the field of the coordinates. */
  BigInteger prime() {
    return prime;
  }

  /**
   * Why 64 bytes are no signature on this curve, or null if they may be one (CR-11, CR-13).
   * Allocates nothing.
   */
  @Nullable String faultOf(byte[] signature, int offset) {
    int s = offset + NUMBER_LENGTH;
    if (compare(signature, offset, ZERO) == 0) {
      return "r is zero";
    }
    if (compare(signature, offset, orderBytes) >= 0) {
      return "r is not below the order of the curve";
    }
    if (compare(signature, s, ZERO) == 0) {
      return "s is zero";
    }
    if (compare(signature, s, halfOrderBytes) > 0) {
      return "s is above half the order of the curve";
    }
    return null;
  }

  /** Whether 32 bytes are a private key: 1 to the order - 1. */
  boolean isScalar(byte[] scalar) {
    return compare(scalar, 0, ZERO) != 0 && compare(scalar, 0, orderBytes) < 0;
  }

  /**
   * Refuses what is no compressed point by its form alone (CR-02): length, first byte, range of x.
   * Whether the curve has a point with this x is the question of {@link #decompress}.
   */
  void requireCompressedForm(byte[] point) {
    if (point.length != COMPRESSED_LENGTH) {
      throw CryptoException.malformed(
          label + " key of " + point.length + " bytes, must be " + COMPRESSED_LENGTH);
    }
    if (point[0] != 2 && point[0] != 3) {
      throw CryptoException.malformed(label + " key is not a compressed point");
    }
    requireCoordinate(point, 1);
  }

  /** The uncompressed form of a point whose compressed form was checked. */
  byte[] decompress(byte[] compressed) {
    return decode(compressed).getEncoded(false);
  }

  /** Refuses what is not {@code 04}, x, y with a point (x, y) of this curve. */
  void requireUncompressed(byte[] point) {
    if (point.length != UNCOMPRESSED_LENGTH || point[0] != 4) {
      throw CryptoException.malformed(label + " key is not an uncompressed point");
    }
    requireCoordinate(point, 1);
    requireCoordinate(point, 1 + NUMBER_LENGTH);
    decode(point);
  }

  /** The point of a SEC1 form, without any precomputation. */
  ECPoint decode(byte[] point) {
    ECCurve curve = domain.getCurve();
    try {
      return curve.decodePoint(point);
    } catch (IllegalArgumentException notOnCurve) {
      throw CryptoException.malformed(label + " key is not a point of the curve");
    }
  }

  private void requireCoordinate(byte[] point, int offset) {
    if (compare(point, offset, primeBytes) >= 0) {
      throw CryptoException.malformed(label + " key has a coordinate outside the field");
    }
  }

  /**
   * A number below 2^256 as 32 bytes; {@link BigInteger} adds a sign byte or drops zeros (CR-18).
   */
  static byte[] bytes(BigInteger number) {
    return BigIntegers.asUnsignedByteArray(NUMBER_LENGTH, number);
  }

  /** The number in 32 bytes. */
  static BigInteger number(byte[] in, int offset) {
    return new BigInteger(1, in, offset, NUMBER_LENGTH);
  }

  private static int compare(byte[] in, int offset, byte[] number) {
    return Arrays.compareUnsigned(in, offset, offset + NUMBER_LENGTH, number, 0, NUMBER_LENGTH);
  }
}
