// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.multiformats;

/**
 * Text or bytes that are not in the form the decoder accepts. The message says what is wrong and
 * where; it never repeats more of the input than one character.
 *
 * <p>Has no stack trace: the input comes from peers, who can cause as many of these as they like.
 */
public final class MultiformatException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  public MultiformatException(String message) {
    super(message);
  }

  @Override
  public Throwable fillInStackTrace() {
    return this;
  }
}
