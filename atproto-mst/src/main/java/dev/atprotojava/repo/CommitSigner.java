// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.repo;

/**
 * Signs commits. With atproto-crypto it is {@code bytes -> signingKey.sign(bytes).toBytes()}; it
 * may as well ask a module that keeps the key to itself.
 */
@FunctionalInterface
public interface CommitSigner {
  /** The signature, {@code r} and {@code s} in 64 bytes, of the SHA-256 of some bytes (MST-72). */
  byte[] sign(byte[] unsigned);
}
