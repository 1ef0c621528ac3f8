// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.crypto;

import java.util.Arrays;
import java.util.Objects;

/**
 * Verifies with the native secp256k1. This class initialises only where that is loaded.
 *
 * <p>It keeps the uncompressed point: from the compressed one the library would compute a square
 * root in each verification, which takes 3 of 26 µs (SignatureBenchmark).
 */
final class NativeVerifier implements Verifier {
  /** A constant, so that the compiler sees through the handles in it. */
  private static final Secp256k1 LIBRARY = Objects.requireNonNull(Secp256k1.LIBRARY);

  private final byte[] point;

  NativeVerifier(byte[] uncompressedPoint) {
    this.point = uncompressedPoint;
  }

  /**
   * The uncompressed form of a point whose compressed form was checked, in a third of the time that
   * BouncyCastle takes; which is asked if the library refuses, and words the refusal.
   */
  static byte[] decompress(byte[] compressed) {
    try {
      return LIBRARY.decompress(compressed);
    } catch (RuntimeException refused) {
      return Curve.K256.decompress(compressed);
    }
  }

  @Override
  public boolean verify(byte[] digest, int digestOffset, byte[] signature, int signatureOffset) {
    try {
      return LIBRARY.verify(
          whole(signature, signatureOffset, Signature.LENGTH),
          whole(digest, digestOffset, Curve.NUMBER_LENGTH),
          point);
    } catch (RuntimeException refused) {
      // What reaches this point has a form that the library takes. Should it ever refuse one, the
      // verdict is the other back end's, so that its trouble is neither a crash nor a verdict.
      return new BouncyCastleVerifier(Curve.K256, point)
          .verify(digest, digestOffset, signature, signatureOffset);
    }
  }

  /** The library takes whole arrays. */
  private static byte[] whole(byte[] in, int offset, int length) {
    return in.length == length ? in : Arrays.copyOfRange(in, offset, offset + length);
  }
}
