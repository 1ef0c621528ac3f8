// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.crypto;

/**
 * A key or signature that cannot be used. The message says which rule it breaks and never repeats
 * the input.
 *
 * <p>A signature that is well formed and does not match is not this: verification returns {@code
 * false} (CR-16). Has no stack trace, because peers can cause as many of these as they like.
 */
public final class CryptoException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  /** What to make of the refused value. */
  public enum Kind {
    /** It is damaged, or in a form that the protocol forbids. */
    MALFORMED,
    /**
     * It is a key of a type that the AT Protocol does not use (CR-06, CR-25). A document may carry
     * such keys beside the one that counts.
     */
    UNSUPPORTED
  }

  private final Kind kind;

  CryptoException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  static CryptoException malformed(String message) {
    return new CryptoException(Kind.MALFORMED, message);
  }

  static CryptoException unsupported(String message) {
    return new CryptoException(Kind.UNSUPPORTED, message);
  }

  /** Whether the value is malformed, or well formed and of an unsupported type. */
  public Kind kind() {
    return kind;
  }

  @Override
  public Throwable fillInStackTrace() {
    return this;
  }
}
