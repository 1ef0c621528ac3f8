// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.syntax;

import dev.atprotojava.syntax.InvalidSyntaxException.Rule;
import java.util.Objects;

/**
 * Where a record is in its repository, and its key in the Merkle search tree: {@code
 * collection/rkey}, an NSID in normal form, one slash, a record key, which may have a colon (SY-13,
 * MST-02, MST-03).
 *
 * <p>At most {@value #MAX_LENGTH} characters. Ordered as the tree orders its keys, byte by byte;
 * this is not the order of collection first and key second, because a dot sorts before the slash.
 *
 * <p>Source: atproto.com/specs/repository, "Repo Paths".
 */
public final class RecordPath implements Comparable<RecordPath> {
  /** The longest path, in characters. */
  public static final int MAX_LENGTH = Nsid.MAX_LENGTH + 1 + RecordKey.MAX_LENGTH;

  private static final String KIND = "record path";

  private final String text;

  private RecordPath(String text) {
    this.text = text;
  }

  /**
   * The path of a record.
   *
   * @throws InvalidSyntaxException if the collection is not in normal form
   */
  public static RecordPath of(Nsid collection, RecordKey rkey) {
    if (!collection.isNormalized()) {
      return parse(collection + "/" + rkey); // refuses, and says where
    }
    return new RecordPath(collection + "/" + rkey);
  }

  /**
   * The path in a text.
   *
   * @throws InvalidSyntaxException if it is not one
   */
  public static RecordPath parse(String text) {
    Flaw.requireNone(KIND, scan(text));
    return new RecordPath(text);
  }

  /**
   * The path that fills a slice of UTF-8.
   *
   * @throws InvalidSyntaxException if it is not one
   */
  public static RecordPath decode(byte[] utf8, int offset, int length) {
    Flaw.requireNone(KIND, scan(utf8, offset, length));
    return new RecordPath(Ascii.text(utf8, offset, length));
  }

  /** Whether a text is a record path. */
  public static boolean isValid(CharSequence text) {
    return scan(text) == Flaw.NONE;
  }

  /** Whether a slice of UTF-8 is a record path. Allocates nothing. */
  public static boolean isValid(byte[] utf8, int offset, int length) {
    return scan(utf8, offset, length) == Flaw.NONE;
  }

  private static int scan(CharSequence text) {
    byte[] bytes = Ascii.bytes(text, MAX_LENGTH);
    return scan(bytes, 0, bytes.length);
  }

  private static int scan(byte[] utf8, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, utf8.length);
    if (length > MAX_LENGTH) {
      return Flaw.of(Rule.TOO_LONG, MAX_LENGTH);
    }
    int end = offset + length;
    int slash = Ascii.find('/', utf8, offset, end);
    int flaw = Labels.scanNormalizedNsid(utf8, offset, slash - offset);
    if (flaw != Flaw.NONE) {
      return flaw;
    }
    if (slash == end) {
      return Flaw.of(Rule.TOO_SHORT, length);
    }
    int rkey = slash + 1;
    return Flaw.shifted(RecordKey.scan(utf8, rkey, end - rkey), rkey - offset);
  }

  /** What stands before the slash. */
  public Nsid collection() {
    return new Nsid(text.substring(0, text.indexOf('/')));
  }

  /** What stands behind the slash. */
  public RecordKey rkey() {
    return new RecordKey(text.substring(text.indexOf('/') + 1));
  }

  @Override
  public int compareTo(RecordPath that) {
    return text.compareTo(that.text); // ASCII: the order of chars is that of bytes
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RecordPath that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
