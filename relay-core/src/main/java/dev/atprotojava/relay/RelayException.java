// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay;

/**
 * Trouble of our own: a disk that is full, a database that is not ours, a state that cannot be. Bad
 * input of others never causes one.
 */
public final class RelayException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** What is to be done about it. */
  public enum Category {
    /** The process must stop: going on would break a promise. */
    FATAL,
    /** The start was refused; nothing was changed. The message says what to do. */
    REFUSED,
  }

  private final Category category;

  private RelayException(Category category, String message, Throwable cause) {
    super(message, cause);
    this.category = category;
  }

  private RelayException(Category category, String message) {
    super(message);
    this.category = category;
  }

  /** Going on would break a promise. */
  public static RelayException fatal(String message, Throwable cause) {
    return new RelayException(Category.FATAL, message, cause);
  }

  /** Going on would break a promise. */
  public static RelayException fatal(String message) {
    return new RelayException(Category.FATAL, message);
  }

  /** The start is refused; the message is a sentence for the operator. */
  public static RelayException refused(String message) {
    return new RelayException(Category.REFUSED, message);
  }

  /** What is to be done. */
  public Category category() {
    return category;
  }
}
