// SPDX-License-Identifier: MIT OR Apache-2.0
import org.jspecify.annotations.NullMarked;

/** The text forms of the AT Protocol's identifiers: checked once, then trusted. */
@NullMarked
module dev.atprotojava.syntax {
  requires static org.jspecify;

  exports dev.atprotojava.syntax;
}
