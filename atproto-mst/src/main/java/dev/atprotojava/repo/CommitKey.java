// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.repo;

/**
 * Tells whether a signature is of the account's key. This module knows no curves (MST-77): with
 * atproto-crypto it is {@code publicKey::verifyDigest}.
 */
@FunctionalInterface
public interface CommitKey {
  /**
   * Whether a slice is a signature of the 32 bytes of SHA-256 that begin at an offset; false for
   * whatever is no signature.
   */
  boolean verifyDigest(
      byte[] digest, int digestOffset, byte[] signature, int signatureOffset, int signatureLength);
}
