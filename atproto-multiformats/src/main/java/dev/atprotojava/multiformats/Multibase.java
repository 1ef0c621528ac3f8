// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.multiformats;

/**
 * Bytes as text with a first character that names the base. The AT Protocol uses two: {@code b} for
 * CIDs and {@code z} for keys; every other prefix is refused.
 */
public enum Multibase {
  /** {@link Base32}: prefix {@code b}. */
  BASE32('b') {
    @Override
    byte[] decodeBody(CharSequence body) {
      return Base32.decode(body);
    }

    @Override
    String encodeBody(byte[] bytes) {
      return Base32.encode(bytes);
    }
  },
  /** {@link Base58Btc}: prefix {@code z}. */
  BASE58BTC('z') {
    @Override
    byte[] decodeBody(CharSequence body) {
      return Base58Btc.decode(body);
    }

    @Override
    String encodeBody(byte[] bytes) {
      return Base58Btc.encode(bytes);
    }
  };

  private final char prefix;

  Multibase(char prefix) {
    this.prefix = prefix;
  }

  abstract byte[] decodeBody(CharSequence body);

  abstract String encodeBody(byte[] bytes);

  /** The character that comes first. */
  public char prefix() {
    return prefix;
  }

  /** The text of some bytes, prefix included. */
  public String encode(byte[] bytes) {
    return prefix + encodeBody(bytes);
  }

  /**
   * The bytes of a text in this base.
   *
   * @throws MultiformatException if the prefix is another one, or what follows is not in this base
   */
  public byte[] decode(CharSequence text) {
    if (text.isEmpty() || text.charAt(0) != prefix) {
      throw new MultiformatException("multibase prefix is not " + prefix);
    }
    return decodeBody(text.subSequence(1, text.length()));
  }
}
