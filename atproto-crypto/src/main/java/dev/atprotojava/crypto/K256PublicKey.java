// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.crypto;

/**
 * A key on secp256k1, the default of the AT Protocol and the curve of most accounts.
 *
 * <p>The JDK does not have this curve. It is verified by {@link #backend}; the form of keys and
 * signatures is checked before, and what remains is arithmetic on which both back ends agree.
 */
public final class K256PublicKey extends PublicKey {
  K256PublicKey(byte[] point, K256Backend backend) {
    super(point, verifier(point, backend));
  }

  private static Verifier verifier(byte[] point, K256Backend backend) {
    return switch (backend) {
      case NATIVE -> new NativeVerifier(point);
      case BOUNCY_CASTLE -> new BouncyCastleVerifier(Curve.K256, point);
    };
  }

  /**
   * The library that verifies K-256 signatures in this process. It does not change: the native one
   * if its jars are on the class path, it loads, and it answers a known question rightly.
   */
  public static K256Backend backend() {
    return Secp256k1.LIBRARY == null ? K256Backend.BOUNCY_CASTLE : K256Backend.NATIVE;
  }

  /**
   * A key from its 33 bytes.
   *
   * @throws CryptoException if they are not a compressed point of this curve (CR-02)
   */
  public static K256PublicKey parse(byte[] compressed) {
    return parse(compressed, backend());
  }

  static K256PublicKey parse(byte[] compressed, K256Backend backend) {
    Curve.K256.requireCompressedForm(compressed);
    byte[] point =
        switch (backend) {
          case NATIVE -> NativeVerifier.decompress(compressed);
          case BOUNCY_CASTLE -> Curve.K256.decompress(compressed);
        };
    return new K256PublicKey(point, backend);
  }

  /**
   * A key from its 65 bytes.
   *
   * @throws CryptoException if they are not an uncompressed point of this curve (CR-02, CR-21)
   */
  public static K256PublicKey parseUncompressed(byte[] uncompressed) {
    Curve.K256.requireUncompressed(uncompressed);
    return new K256PublicKey(uncompressed.clone(), backend());
  }

  @Override
  Curve curve() {
    return Curve.K256;
  }
}
