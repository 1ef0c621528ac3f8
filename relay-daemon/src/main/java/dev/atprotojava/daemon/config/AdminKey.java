// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.config;

/**
 * A secret of an administrator, and the name under which the audit trail has what was done with it.
 * Several at once let one be replaced without a moment in which none is right.
 */
public record AdminKey(String name, String secret) {
  /** Reads {@code name:secret}. */
  static AdminKey parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 1 || colon == text.length() - 1) {
      throw new IllegalArgumentException("not a name, a colon and a secret");
    }
    return new AdminKey(text.substring(0, colon), text.substring(colon + 1));
  }

  @Override
  public String toString() {
    return name;
  }
}
