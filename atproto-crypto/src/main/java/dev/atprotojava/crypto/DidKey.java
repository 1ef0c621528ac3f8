// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.crypto;

import dev.atprotojava.multiformats.Base58Btc;
import dev.atprotojava.multiformats.Multibase;
import dev.atprotojava.multiformats.MultiformatException;
import dev.atprotojava.multiformats.UnsignedVarint;
import java.util.Arrays;

/**
 * The text forms of a key (CR-03, CR-04, CR-08).
 *
 * <pre>
 *   did:key:z6Mk...    did:key
 *           z6Mk...    Multikey: "z", then base58btc of
 *                      | multicodec, varint | key |
 *                      | 80 24  (0x1200)    | P-256, 33 bytes compressed |
 *                      | e7 01  (0xe7)      | K-256, 33 bytes compressed |
 * </pre>
 *
 * <p>The multicodec decides; the familiar beginnings {@code zDnae} and {@code zQ3sh} only follow
 * from it. Every other multicodec is a key that the AT Protocol does not use, and refused with
 * {@link CryptoException.Kind#UNSUPPORTED}. Printing is {@link PublicKey#toDidKey} and {@link
 * PublicKey#toMultikey}, and gives the text that was parsed.
 */
public final class DidKey {
  static final String PREFIX = "did:key:";

  private DidKey() {}

  /**
   * The key of a did:key.
   *
   * @throws CryptoException if it is malformed (CR-05), or a key of another type (CR-06)
   */
  public static PublicKey parse(String didKey) {
    if (!didKey.startsWith(PREFIX)) {
      throw CryptoException.malformed("not a did:key");
    }
    return parseMultikey(didKey.substring(PREFIX.length()));
  }

  /**
   * The key of a Multikey.
   *
   * @throws CryptoException if it is malformed (CR-05), or a key of another type (CR-06)
   */
  public static PublicKey parseMultikey(String multikey) {
    byte[] bytes = decode(multikey);
    long codec = codec(bytes);
    for (Curve curve : Curve.values()) {
      if (codec == curve.publicCodec()) {
        return PublicKey.ofCompressed(curve, body(bytes, codec));
      }
    }
    throw CryptoException.unsupported("unsupported key type, multicodec " + hex(codec));
  }

  /** The bytes of a multikey: a multicodec and what follows it. */
  static byte[] decode(String multikey) {
    if (multikey.length() > Base58Btc.MAX_LENGTH && multikey.charAt(0) == 'z') {
      // Decoding takes quadratic time. Keys of this size exist, in other protocols.
      throw CryptoException.unsupported("unsupported key type, " + multikey.length() + " long");
    }
    try {
      return Multibase.BASE58BTC.decode(multikey);
    } catch (MultiformatException e) {
      throw CryptoException.malformed("multikey: " + e.getMessage());
    }
  }

  static long codec(byte[] bytes) {
    try {
      long codec = UnsignedVarint.decode(bytes, 0, bytes.length);
      if (UnsignedVarint.length(codec) == bytes.length) {
        throw CryptoException.malformed("multikey: no key after the multicodec");
      }
      return codec;
    } catch (MultiformatException e) {
      throw CryptoException.malformed("multikey: " + e.getMessage());
    }
  }

  static byte[] body(byte[] bytes, long codec) {
    return Arrays.copyOfRange(bytes, UnsignedVarint.length(codec), bytes.length);
  }

  static String multikey(int codec, byte[] key) {
    byte[] bytes = new byte[UnsignedVarint.length(codec) + key.length];
    int at = UnsignedVarint.encode(codec, bytes, 0);
    System.arraycopy(key, 0, bytes, at, key.length);
    return Multibase.BASE58BTC.encode(bytes);
  }

  static String hex(long codec) {
    return "0x" + Long.toHexString(codec);
  }
}
