// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.syntax;

import dev.atprotojava.syntax.InvalidSyntaxException.Rule;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Month;
import java.time.Year;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;
import java.util.Objects;

/**
 * A moment as text, in the form that Lexicons call {@code datetime}.
 *
 * <p>Reading is lenient and writing is not, and the two do not meet. What is read may have any
 * number of fraction digits and any zone (SY-17):
 *
 * <pre>
 *   YYYY-MM-DDThh:mm:ss [ .fraction ] ( Z | +hh:mm | -hh:mm )      at most {@value #MAX_LENGTH} characters
 * </pre>
 *
 * and it is kept letter for letter, because the digits count when a record is hashed (SY-19). What
 * is written by {@link #format} is always UTC with three digits (SY-20). Do not write what was
 * read.
 *
 * <p>Valid is a day that the calendar has, not before the year 0 in UTC, with any zone but {@code
 * -00:00} (SY-18). A leap second, {@code :60}, is valid in any minute; {@link #instant()} takes it
 * for the second before.
 *
 * <p>Source: atproto.com/specs/lexicon, "datetime".
 */
public final class AtDatetime {
  /** The longest datetime, in characters. */
  public static final int MAX_LENGTH = 64;

  private static final String KIND = "datetime";
  private static final byte[] LOCAL = Ascii.ascii("0000-00-00T00:00:00");
  private static final byte[] ZONE = Ascii.ascii("00:00");
  private static final DateTimeFormatter CANONICAL =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);
  private static final Instant YEAR_0 = Instant.parse("0000-01-01T00:00:00Z");
  private static final Instant YEAR_10000 = Instant.parse("+10000-01-01T00:00:00Z");

  private final String text;

  private AtDatetime(String text) {
    this.text = text;
  }

  /** A moment in canonical form: see {@link #format}. */
  public static AtDatetime of(Instant instant) {
    return new AtDatetime(format(instant));
  }

  /**
   * A moment as text in canonical form, {@code 2024-01-02T03:04:05.006Z}: UTC, milliseconds, what
   * is smaller cut off. The form of every {@code time} field that we write (SY-20).
   *
   * @throws IllegalArgumentException if the year is not 0 to 9999
   */
  public static String format(Instant instant) {
    if (instant.isBefore(YEAR_0) || !instant.isBefore(YEAR_10000)) {
      throw new IllegalArgumentException("datetime: year outside 0 to 9999");
    }
    return CANONICAL.format(instant);
  }

  /**
   * The datetime in a text.
   *
   * @throws InvalidSyntaxException if it is not one
   */
  public static AtDatetime parse(String text) {
    Flaw.requireNone(KIND, scan(text));
    return new AtDatetime(text);
  }

  /**
   * The datetime that fills a slice of UTF-8.
   *
   * @throws InvalidSyntaxException if it is not one
   */
  public static AtDatetime decode(byte[] utf8, int offset, int length) {
    Flaw.requireNone(KIND, scan(utf8, offset, length));
    return new AtDatetime(Ascii.text(utf8, offset, length));
  }

  /** Whether a text is a datetime. */
  public static boolean isValid(CharSequence text) {
    return scan(text) == Flaw.NONE;
  }

  /** Whether a slice of UTF-8 is a datetime. Allocates nothing. */
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
    int flaw = shapeFlaw(LOCAL, utf8, offset, length);
    if (flaw != Flaw.NONE) {
      return flaw;
    }
    int year = twoDigits(utf8, offset) * 100 + twoDigits(utf8, offset + 2);
    int month = twoDigits(utf8, offset + 5);
    if (month < 1 || month > 12) {
      return Flaw.of(Rule.VALUE, 5);
    }
    int day = twoDigits(utf8, offset + 8);
    if (day < 1 || day > Month.of(month).length(Year.isLeap(year))) {
      return Flaw.of(Rule.VALUE, 8);
    }
    int hour = twoDigits(utf8, offset + 11);
    if (hour > 23) {
      return Flaw.of(Rule.VALUE, 11);
    }
    int minute = twoDigits(utf8, offset + 14);
    if (minute > 59) {
      return Flaw.of(Rule.VALUE, 14);
    }
    if (twoDigits(utf8, offset + 17) > 60) {
      return Flaw.of(Rule.VALUE, 17);
    }
    boolean firstDay = year == 0 && month == 1 && day == 1;
    int earliest = firstDay ? hour * 60 + minute : Integer.MAX_VALUE;
    return fractionAndZoneFlaw(utf8, offset, length, earliest);
  }

  /**
   * What follows the seconds.
   *
   * @param maxEast the largest zone offset, in minutes, with which the moment is not before year 0
   */
  private static int fractionAndZoneFlaw(byte[] utf8, int offset, int length, int maxEast) {
    int at = LOCAL.length;
    if (at < length && utf8[offset + at] == '.') {
      do {
        at++;
      } while (at < length && Ascii.is(Ascii.DIGIT, utf8[offset + at]));
      if (at == LOCAL.length + 1) {
        return at < length ? Flaw.of(Rule.CHARACTER, at) : Flaw.of(Rule.TOO_SHORT, length);
      }
    }
    if (at == length) {
      return Flaw.of(Rule.TOO_SHORT, length);
    }
    byte sign = utf8[offset + at];
    if (sign == 'Z') {
      return at + 1 == length ? Flaw.NONE : Flaw.of(Rule.CHARACTER, at + 1);
    }
    if (sign != '+' && sign != '-') {
      return Flaw.of(Rule.CHARACTER, at);
    }
    int zone = at + 1;
    int flaw = shapeFlaw(ZONE, utf8, offset + zone, length - zone);
    if (flaw != Flaw.NONE) {
      return Flaw.shifted(flaw, zone);
    }
    if (length - zone > ZONE.length) {
      return Flaw.of(Rule.CHARACTER, zone + ZONE.length);
    }
    int hours = twoDigits(utf8, offset + zone);
    int minutes = twoDigits(utf8, offset + zone + 3);
    if (hours > 23) {
      return Flaw.of(Rule.VALUE, zone);
    }
    if (minutes > 59) {
      return Flaw.of(Rule.VALUE, zone + 3);
    }
    int east = hours * 60 + minutes;
    boolean nowhere = sign == '-' && east == 0;
    boolean beforeYear0 = sign == '+' && east > maxEast;
    return nowhere || beforeYear0 ? Flaw.of(Rule.VALUE, at) : Flaw.NONE;
  }

  /** The bytes must begin with a shape, in which {@code 0} stands for any digit. */
  private static int shapeFlaw(byte[] shape, byte[] utf8, int offset, int length) {
    int end = Math.min(shape.length, length);
    for (int i = 0; i < end; i++) {
      byte c = utf8[offset + i];
      if (shape[i] == '0' ? !Ascii.is(Ascii.DIGIT, c) : c != shape[i]) {
        return Flaw.of(Rule.CHARACTER, i);
      }
    }
    return end < shape.length ? Flaw.of(Rule.TOO_SHORT, length) : Flaw.NONE;
  }

  private static int twoDigits(byte[] digits, int at) {
    return (digits[at] - '0') * 10 + digits[at + 1] - '0';
  }

  /** The moment, cut to nanoseconds. A leap second is taken for the second before it. */
  public Instant instant() {
    LocalDate date = LocalDate.parse(text.substring(0, 10));
    int second = Math.min(number(17, 19), 59);
    int secondOfDay = (number(11, 13) * 60 + number(14, 16)) * 60 + second;
    long local = date.atStartOfDay(ZoneOffset.UTC).toEpochSecond() + secondOfDay;
    return Instant.ofEpochSecond(local - zoneSeconds(), nanos());
  }

  private int nanos() {
    int nanos = 0;
    int at = LOCAL.length + 1;
    for (int unit = 100_000_000; unit > 0 && isDigit(at); unit /= 10, at++) {
      nanos += unit * (text.charAt(at) - '0');
    }
    return nanos;
  }

  private boolean isDigit(int at) {
    return text.charAt(LOCAL.length) == '.' && Ascii.is(Ascii.DIGIT, text.charAt(at));
  }

  private int zoneSeconds() {
    int end = text.length();
    if (text.charAt(end - 1) == 'Z') {
      return 0;
    }
    int seconds = (number(end - 5, end - 3) * 60 + number(end - 2, end)) * 60;
    return text.charAt(end - 6) == '-' ? -seconds : seconds;
  }

  private int number(int from, int to) {
    return Integer.parseInt(text, from, to, 10);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AtDatetime that && text.equals(that.text);
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
