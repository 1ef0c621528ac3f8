// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.crypto;

import java.util.HexFormat;

/**
 * An ECDSA signature in the one form that the AT Protocol allows (CR-10, CR-11).
 *
 * <pre>
 *  0                32               64
 *  +----------------+----------------+
 *  | r, big-endian  | s, big-endian  |
 *  +----------------+----------------+
 * </pre>
 *
 * <p>A signature does not name its curve, and the bounds of {@code r} and {@code s} are the
 * curve's. So {@link #parse} refuses what is a signature on neither curve, and verification with a
 * key holds it to the bounds of that key's curve. What {@link SigningKey} makes is within them.
 *
 * <p>Two signatures are compared by verifying them, never by their bytes (CR-14); {@code equals} is
 * therefore identity. Immutable.
 */
public final class Signature {
  /** The length in bytes. */
  public static final int LENGTH = 64;

  private final byte[] bytes;

  private Signature(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * A signature from its 64 bytes, which are copied.
   *
   * @throws CryptoException if the length is another one (DER has 70 to 72, T-41), or {@code r} or
   *     {@code s} is zero, {@code r} not below the order or {@code s} above half the order on both
   *     curves
   */
  public static Signature parse(byte[] bytes) {
    if (bytes.length != LENGTH) {
      throw CryptoException.malformed(
          "signature of " + bytes.length + " bytes, must be r and s in " + LENGTH);
    }
    Signature signature = new Signature(bytes.clone());
    String fault = Curve.P256.faultOf(signature.bytes, 0);
    if (fault != null && Curve.K256.faultOf(signature.bytes, 0) != null) {
      throw CryptoException.malformed(fault);
    }
    return signature;
  }

  /** A copy of the 64 bytes. */
  public byte[] toBytes() {
    return bytes.clone();
  }

  /** The bytes themselves, for reading. */
  byte[] bytes() {
    return bytes;
  }

  /** The bytes in hexadecimal. */
  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes);
  }
}
