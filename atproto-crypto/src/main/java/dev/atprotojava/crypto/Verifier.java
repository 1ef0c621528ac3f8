// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.crypto;

/**
 * One key in the form that one library wants, to answer one question.
 *
 * <p>The caller has checked the form of the signature ({@link Curve#faultOf}) and the bounds of the
 * arrays. Implementations may be called by several threads at once.
 */
interface Verifier {
  /** Whether the 64 bytes sign the 32 bytes. */
  boolean verify(byte[] digest, int digestOffset, byte[] signature, int signatureOffset);
}
