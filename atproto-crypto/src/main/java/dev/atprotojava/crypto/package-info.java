// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * Keys and signatures of the AT Protocol: P-256 and K-256, did:key and Multikey, 64-byte signatures
 * with a low {@code s}. Rule numbers such as CR-11 in this package are those of the project's
 * digest of the specification.
 *
 * <p>Start with {@link dev.atprotojava.crypto.DidKey} to get a key from its text, then {@link
 * dev.atprotojava.crypto.PublicKey#verify}. {@link dev.atprotojava.crypto.SigningKey} is the other
 * half.
 *
 * <p>Nothing can be configured: every signature is held to the rules for commits (CR-11, CR-13,
 * T-41), whatever the curve and whatever the library that computes. A P-256 signature is checked by
 * BouncyCastle; a K-256 one by the native secp256k1 if its jars are there and it loads, else by
 * BouncyCastle ({@link dev.atprotojava.crypto.K256PublicKey#backend}).
 *
 * <p>What a peer sends leads to {@code false} or to a {@link
 * dev.atprotojava.crypto.CryptoException}, nothing else. Keys and signatures are immutable and may
 * be shared by threads. No class here has threads, clocks or files. Tokens (CR-17) are no business
 * of this module.
 */
@NullMarked
package dev.atprotojava.crypto;

import org.jspecify.annotations.NullMarked;
