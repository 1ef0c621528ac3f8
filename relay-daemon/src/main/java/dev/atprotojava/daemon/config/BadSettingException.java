// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.config;

/** The start is refused because of what the operator said; the message is a sentence for them. */
public final class BadSettingException extends RuntimeException {
  private static final long serialVersionUID = 1;

  BadSettingException(String sentence) {
    super(sentence, null, false, false);
  }
}
