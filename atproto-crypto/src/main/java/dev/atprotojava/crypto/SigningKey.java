// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.crypto;

import java.math.BigInteger;
import java.security.SecureRandom;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

/**
 * A private key, and the signatures it makes: deterministic (RFC 6979) and with a low {@code s}
 * (CR-10 to CR-12). The same key and message give the same 64 bytes in every implementation that
 * follows both rules.
 *
 * <p>A secret is a number from 1 to the order of the curve less 1, as 32 bytes, big-endian (CR-07).
 * It is not printed, compared or erased by this class. Immutable; threads may share a key.
 *
 * <p>Signing is BouncyCastle's on both curves, about 55 µs. Its arithmetic on numbers is not
 * constant in time; a service that lets strangers time its signatures should keep its keys in a
 * module made for that.
 */
public final class SigningKey {
  /** The length of a secret in bytes. */
  public static final int SECRET_LENGTH = Curve.NUMBER_LENGTH;

  private final Curve curve;
  private final ECPrivateKeyParameters secret;
  private final PublicKey publicKey;

  private SigningKey(Curve curve, byte[] secret) {
    this.curve = curve;
    this.secret = new ECPrivateKeyParameters(Curve.number(secret, 0), curve.domain());
    byte[] point =
        new FixedPointCombMultiplier()
            .multiply(curve.domain().getG(), this.secret.getD())
            .getEncoded(false);
    this.publicKey = PublicKey.ofPoint(curve, point);
  }

  /** A new key on P-256. */
  public static SigningKey generateP256(SecureRandom random) {
    return generate(Curve.P256, random);
  }

  /** A new key on K-256, the default curve of the AT Protocol (CR-01). */
  public static SigningKey generateK256(SecureRandom random) {
    return generate(Curve.K256, random);
  }

  private static SigningKey generate(Curve curve, SecureRandom random) {
    byte[] secret = new byte[SECRET_LENGTH];
    do {
      random.nextBytes(secret);
    } while (!curve.isScalar(secret));
    return new SigningKey(curve, secret);
  }

  /**
   * The key of a secret on P-256.
   *
   * @throws CryptoException if it is not 32 bytes, zero, or not below the order of the curve
   */
  public static SigningKey parseP256(byte[] secret) {
    return parse(Curve.P256, secret);
  }

  /**
   * The key of a secret on K-256.
   *
   * @throws CryptoException if it is not 32 bytes, zero, or not below the order of the curve
   */
  public static SigningKey parseK256(byte[] secret) {
    return parse(Curve.K256, secret);
  }

  private static SigningKey parse(Curve curve, byte[] secret) {
    if (secret.length != SECRET_LENGTH) {
      throw CryptoException.malformed(
          "secret of " + secret.length + " bytes, must be " + SECRET_LENGTH);
    }
    if (!curve.isScalar(secret)) {
      throw CryptoException.malformed("secret is zero or not below the order of " + curve.label());
    }
    return new SigningKey(curve, secret);
  }

  /**
   * The key of a secret in multibase with its multicodec, as other tools export it (CR-07).
   *
   * @throws CryptoException if it is malformed, or not a private key of one of the two curves
   */
  public static SigningKey parseMultikey(String multikey) {
    byte[] bytes = DidKey.decode(multikey);
    long codec = DidKey.codec(bytes);
    for (Curve curve : Curve.values()) {
      if (codec == curve.privateCodec()) {
        return parse(curve, DidKey.body(bytes, codec));
      }
    }
    throw CryptoException.unsupported(
        "unsupported private key type, multicodec " + DidKey.hex(codec));
  }

  /** The signature of the SHA-256 of a message. */
  public Signature sign(byte[] message) {
    return signDigest(PublicKey.sha256(message));
  }

  /**
   * The signature of a SHA-256 digest.
   *
   * @throws IllegalArgumentException if the digest is not 32 bytes
   */
  public Signature signDigest(byte[] digest) {
    PublicKey.requireDigest(digest);
    ECDSASigner signer = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
    signer.init(true, secret);
    BigInteger[] rs = signer.generateSignature(digest);
    BigInteger order = curve.order();
    BigInteger lowS = rs[1].min(order.subtract(rs[1]));
    byte[] bytes = new byte[Signature.LENGTH];
    System.arraycopy(Curve.bytes(rs[0]), 0, bytes, 0, Curve.NUMBER_LENGTH);
    System.arraycopy(Curve.bytes(lowS), 0, bytes, Curve.NUMBER_LENGTH, Curve.NUMBER_LENGTH);
    return Signature.parse(bytes);
  }

  /** The key that verifies the signatures of this one. */
  public PublicKey publicKey() {
    return publicKey;
  }

  /** The secret, 32 bytes, for storing it. */
  public byte[] secret() {
    return Curve.bytes(secret.getD());
  }

  /** The secret in multibase with its multicodec, for storing it. */
  public String secretMultikey() {
    return DidKey.multikey(curve.privateCodec(), secret());
  }

  /** The public half only. */
  @Override
  public String toString() {
    return "SigningKey[" + publicKey + "]";
  }
}
