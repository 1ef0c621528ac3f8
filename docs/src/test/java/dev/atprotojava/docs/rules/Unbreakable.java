// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.docs.rules;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Rules that no change of our code can break, from {@code breaks/unbreakable.txt}. */
final class Unbreakable {
  private Unbreakable() {}

  /** Why a rule cannot be broken; null if it can. */
  static @Nullable String reason(String rule) throws IOException {
    try (InputStream in =
        requireNonNull(Unbreakable.class.getResourceAsStream("/breaks/unbreakable.txt"))) {
      return new String(in.readAllBytes(), UTF_8)
          .lines()
          .filter(line -> line.startsWith(rule + " | "))
          .map(line -> line.substring(rule.length() + 3))
          .findFirst()
          .orElse(null);
    }
  }
}
