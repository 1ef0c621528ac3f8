// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import dev.atprotojava.cid.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Bytes that follow from a seed, a word and a number: {@code SHA-256(seed | number | word)}. What
 * belongs to an account is computed from its number instead of being kept.
 */
final class Derivation {
  private final long seed;
  private final Sha256 sha256 = new Sha256();

  Derivation(long seed) {
    this.seed = seed;
  }

  byte[] bytes(String word, long number) {
    byte[] name = word.getBytes(StandardCharsets.US_ASCII);
    byte[] message =
        ByteBuffer.allocate(2 * Long.BYTES + name.length)
            .putLong(seed)
            .putLong(number)
            .put(name)
            .array();
    byte[] out = new byte[Sha256.LENGTH];
    sha256.digest(message, 0, message.length, out, 0);
    return out;
  }

  long number(String word, long number) {
    return ByteBuffer.wrap(bytes(word, number)).getLong();
  }

  /** A number from 0 to 1, without 1. */
  double fraction(String word, long number) {
    return (number(word, number) >>> 11) * 0x1p-53;
  }
}
