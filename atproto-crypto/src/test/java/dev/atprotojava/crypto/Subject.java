// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.crypto;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.security.SecureRandom;
import java.util.Random;

/** A curve with a library: the same tests run over all three. */
enum Subject {
  P256(Curve.P256, Reference.P256),
  K256_BOUNCY_CASTLE(Curve.K256, Reference.K256),
  K256_NATIVE(Curve.K256, Reference.K256);

  final Curve curve;
  final Reference reference;

  Subject(Curve curve, Reference reference) {
    this.curve = curve;
    this.reference = reference;
  }

  PublicKey parse(byte[] compressed) {
    return switch (this) {
      case P256 -> P256PublicKey.parse(compressed);
      case K256_BOUNCY_CASTLE -> K256PublicKey.parse(compressed, K256Backend.BOUNCY_CASTLE);
      case K256_NATIVE -> {
        // Secp256k1Test holds the build to it where the jar has a library for the system.
        assumeTrue(K256PublicKey.backend() == K256Backend.NATIVE, "no native library here");
        yield K256PublicKey.parse(compressed, K256Backend.NATIVE);
      }
    };
  }

  PublicKey parse(Reference.Point point) {
    return parse(Reference.compressed(point));
  }

  /** The same key, verified by this subject's library. */
  PublicKey of(PublicKey key) {
    return parse(key.compressed());
  }

  SigningKey signingKey(byte[] secret) {
    return switch (curve) {
      case P256 -> SigningKey.parseP256(secret);
      case K256 -> SigningKey.parseK256(secret);
    };
  }

  SigningKey generate(Random random) {
    byte[] secret = new byte[32];
    random.nextBytes(secret);
    secret[0] &= 0x7f; // below both orders
    return signingKey(secret);
  }

  SigningKey generate(SecureRandom random) {
    return switch (curve) {
      case P256 -> SigningKey.generateP256(random);
      case K256 -> SigningKey.generateK256(random);
    };
  }
}
