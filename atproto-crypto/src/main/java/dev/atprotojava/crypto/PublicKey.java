// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.crypto;

import dev.atprotojava.multiformats.Multibase;
import dev.atprotojava.multiformats.MultiformatException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Objects;

/**
 * A key that signatures are verified with: a point of one of two curves (CR-01, CR-02).
 *
 * <p>Its identity is the curve and the 33 bytes of {@link #compressed}. A key in hand is a valid
 * one: it is parsed once, with every check, and then meant to be kept and used by any number of
 * threads. What its library wants to precompute is made with the second verification and stays with
 * the key.
 *
 * <p>A verification answers {@code false} for whatever the bytes of the signature are, and throws
 * only for what the caller does wrong, such as an offset outside an array. The rules CR-11 and
 * CR-13 (64 bytes; {@code r} and {@code s} in range; low {@code s}) are checked before the library
 * is asked. There is no lenient mode (CR-15, T-41).
 *
 * <p>Each key takes 128 bytes, a K-256 key on {@link K256Backend#BOUNCY_CASTLE} and any P-256 key
 * 144; the latter two grow to 2.3 kB with their second verification.
 */
public abstract sealed class PublicKey permits P256PublicKey, K256PublicKey {
  /** The length of the compressed form in bytes. */
  public static final int COMPRESSED_LENGTH = Curve.COMPRESSED_LENGTH;

  /** The length in bytes of the SHA-256 that is signed. */
  public static final int DIGEST_LENGTH = Curve.NUMBER_LENGTH;

  private final byte[] point; // uncompressed
  private final Verifier verifier;

  PublicKey(byte[] point, Verifier verifier) {
    this.point = point;
    this.verifier = verifier;
  }

  abstract Curve curve();

  /**
   * The key of a verification method in a DID document: type {@code Multikey} (CR-20), or one of
   * the two types that came before it, whose multibase text holds the bare point, uncompressed as
   * specified or compressed as seen (CR-21, CR-22, CR-23, CR-24, T-40).
   *
   * @throws CryptoException of kind {@code UNSUPPORTED} if the type is none of these, or a Multikey
   *     is of another type of key: skip the entry (CR-25); of kind {@code MALFORMED} if the text is
   *     damaged
   */
  public static PublicKey parseVerificationMethod(String type, String publicKeyMultibase) {
    if (type.equals("Multikey")) {
      return DidKey.parseMultikey(publicKeyMultibase);
    }
    for (Curve curve : Curve.values()) {
      if (type.equals(curve.legacyType())) {
        return parseBarePoint(curve, publicKeyMultibase);
      }
    }
    throw CryptoException.unsupported("verification method of an unsupported type");
  }

  private static PublicKey parseBarePoint(Curve curve, String multibase) {
    byte[] bytes;
    try {
      bytes = Multibase.BASE58BTC.decode(multibase);
    } catch (MultiformatException e) {
      throw CryptoException.malformed("public key: " + e.getMessage());
    }
    if (bytes.length != Curve.UNCOMPRESSED_LENGTH) {
      return ofCompressed(curve, bytes);
    }
    curve.requireUncompressed(bytes);
    return ofPoint(curve, bytes);
  }

  /** A key from its compressed point, with every check. */
  static PublicKey ofCompressed(Curve curve, byte[] compressed) {
    return switch (curve) {
      case P256 -> P256PublicKey.parse(compressed);
      case K256 -> K256PublicKey.parse(compressed);
    };
  }

  /** A key from an uncompressed point that was checked or computed, and is given away. */
  static PublicKey ofPoint(Curve curve, byte[] point) {
    return switch (curve) {
      case P256 -> new P256PublicKey(point);
      case K256 -> new K256PublicKey(point, K256PublicKey.backend());
    };
  }

  /** Whether the signature is of the SHA-256 of a message by this key (CR-10). */
  public final boolean verify(byte[] message, Signature signature) {
    return verifyDigest(sha256(message), signature);
  }

  /**
   * Whether the signature is of a SHA-256 digest by this key.
   *
   * @throws IllegalArgumentException if the digest is not 32 bytes
   */
  public final boolean verifyDigest(byte[] digest, Signature signature) {
    requireDigest(digest);
    return verifyDigest(digest, 0, signature.bytes(), 0, Signature.LENGTH);
  }

  /**
   * Whether a slice is a signature by this key of the 32 bytes of digest that begin at an offset;
   * {@code false} if the slice is not 64 bytes or not within the bounds of this key's curve.
   *
   * <p>For callers that have both in larger buffers. Nothing is allocated for what is refused by
   * its form. Beyond that {@link K256Backend#NATIVE} takes whole arrays, so a slice of a larger
   * array is copied (128 bytes of garbage); BouncyCastle makes 70 kB of garbage a verification.
   *
   * @throws IndexOutOfBoundsException if a slice is outside its array
   */
  public final boolean verifyDigest(
      byte[] digest, int digestOffset, byte[] signature, int signatureOffset, int signatureLength) {
    Objects.checkFromIndexSize(digestOffset, DIGEST_LENGTH, digest.length);
    Objects.checkFromIndexSize(signatureOffset, signatureLength, signature.length);
    return signatureLength == Signature.LENGTH
        && curve().faultOf(signature, signatureOffset) == null
        && verifier.verify(digest, digestOffset, signature, signatureOffset);
  }

  static byte[] sha256(byte[] message) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(message);
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }

  static void requireDigest(byte[] digest) {
    if (digest.length != DIGEST_LENGTH) {
      throw new IllegalArgumentException(
          "digest of " + digest.length + " bytes, must be " + DIGEST_LENGTH);
    }
  }

  /** The SEC1 compressed point: {@code 02} or {@code 03}, then x in 32 bytes. */
  public final byte[] compressed() {
    byte[] compressed = Arrays.copyOf(point, COMPRESSED_LENGTH);
    compressed[0] = (byte) (2 | (point[point.length - 1] & 1));
    return compressed;
  }

  /** The SEC1 uncompressed point: {@code 04}, then x and y in 32 bytes each. */
  public final byte[] uncompressed() {
    return point.clone();
  }

  /** The text form in DID documents, of 49 characters: {@code zDnae...} or {@code zQ3sh...}. */
  public final String toMultikey() {
    return DidKey.multikey(curve().publicCodec(), compressed());
  }

  /** The text form in operations of did:plc: {@code did:key:} and the Multikey. */
  public final String toDidKey() {
    return DidKey.PREFIX + toMultikey();
  }

  @Override
  public final boolean equals(Object other) {
    return other instanceof PublicKey that
        && curve() == that.curve()
        && Arrays.equals(point, that.point);
  }

  @Override
  public final int hashCode() {
    return Arrays.hashCode(point);
  }

  /** The did:key. */
  @Override
  public final String toString() {
    return toDidKey();
  }
}
