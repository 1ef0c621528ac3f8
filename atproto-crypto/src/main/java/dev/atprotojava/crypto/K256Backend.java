// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.crypto;

/** The libraries that can check a K-256 signature. Their verdicts are the same. */
public enum K256Backend {
  /**
   * libsecp256k1 through the jars {@code fr.acinq.secp256k1:secp256k1-kmp-jvm} and {@code
   * secp256k1-kmp-jni-jvm-linux} (or the one of another system): about 25 µs a signature.
   */
  NATIVE,
  /** BouncyCastle, in Java: about 50 µs a signature. */
  BOUNCY_CASTLE
}
