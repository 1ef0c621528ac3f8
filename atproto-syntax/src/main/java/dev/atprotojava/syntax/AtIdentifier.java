// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.syntax;

/**
 * Names an account: a DID or a handle.
 *
 * <p>What begins with {@code did:} is a DID, everything else a handle; neither is ever tried when
 * the other fails (SY-05).
 */
public sealed interface AtIdentifier permits Did, Handle {
  /**
   * The DID or handle in a text.
   *
   * @throws InvalidSyntaxException if it is neither
   */
  static AtIdentifier parse(String text) {
    return text.startsWith("did:") ? Did.parse(text) : Handle.parse(text);
  }

  /** Whether a text is a DID or a handle. */
  static boolean isValid(CharSequence text) {
    return text.toString().startsWith("did:") ? Did.isValid(text) : Handle.isValid(text);
  }
}
