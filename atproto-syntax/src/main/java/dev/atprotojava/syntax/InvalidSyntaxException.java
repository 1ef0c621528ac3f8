// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.syntax;

/**
 * Text that is not an identifier of the wanted kind. Says which rule is broken and at which index,
 * and never repeats the text.
 *
 * <p>Has no stack trace: the text comes from peers, who can cause as many of these as they like.
 */
public final class InvalidSyntaxException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  /** What can be wrong with an identifier. */
  public enum Rule {
    /** There is more text than the kind allows; the index is the limit. */
    TOO_LONG("too long"),
    /** The text ends where more is needed; the index is its length. */
    TOO_SHORT("ends too early"),
    /** The fixed beginning, such as {@code did:}, is not there. */
    PREFIX("does not begin as it must"),
    /** The character may not stand in this place. */
    CHARACTER("character not allowed"),
    /** A part between two separators is empty. */
    EMPTY_PART("empty part"),
    /** A label is longer than 63 characters; the index is where it starts. */
    LONG_PART("part longer than 63 characters"),
    /** There are fewer parts than the kind needs. */
    FEW_PARTS("not enough parts"),
    /** The name is kept for another use, such as the record key {@code ..}. */
    RESERVED("reserved name"),
    /** Upper case where the normal form is required. */
    NOT_NORMALIZED("not in lower case"),
    /** A number is outside its range, or names a day that the calendar does not have. */
    VALUE("value out of range");

    private final String text;

    Rule(String text) {
      this.text = text;
    }
  }

  private final Rule rule;
  private final int index;

  InvalidSyntaxException(String kind, Rule rule, int index) {
    super(kind + ": " + rule.text + " at index " + index);
    this.rule = rule;
    this.index = index;
  }

  /** The rule that is broken; where several are, the first that the scan met. */
  public Rule rule() {
    return rule;
  }

  /** Where, in characters from the start of the identifier. */
  public int index() {
    return index;
  }

  @Override
  public Throwable fillInStackTrace() {
    return this;
  }
}
