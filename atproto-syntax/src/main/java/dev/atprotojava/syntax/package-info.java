// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * The text forms of the AT Protocol's identifiers. An instance in hand is valid, so code behind the
 * parser need not check again.
 *
 * <p>Start with {@link dev.atprotojava.syntax.Did}; the others are made alike:
 *
 * <ul>
 *   <li>{@code parse(String)} gives the value or throws {@link
 *       dev.atprotojava.syntax.InvalidSyntaxException}; {@code toString()} gives back the text that
 *       was parsed, letter for letter. Nothing is trimmed or changed while checking. (A {@link
 *       dev.atprotojava.syntax.Hostname} alone is turned to lower case.)
 *   <li>{@code isValid(CharSequence)} only asks.
 *   <li>{@code decode} and {@code isValid(byte[], int, int)} work on a slice of UTF-8, for whoever
 *       reads raw frames. They are the hot path: one scan, and no allocation beyond the result.
 * </ul>
 *
 * <p>Equality is that of the text. Where the protocol takes two spellings for one thing, {@code
 * isNormalized()} tells whether this is the one to store, and {@code normalized()} gives it. {@link
 * dev.atprotojava.syntax.LexiconFormat} checks any text by the name its format has in a Lexicon.
 *
 * <p>All types but {@link dev.atprotojava.syntax.TidClock} are immutable. No class here has
 * threads, clocks or files of its own.
 */
@NullMarked
package dev.atprotojava.syntax;

import org.jspecify.annotations.NullMarked;
