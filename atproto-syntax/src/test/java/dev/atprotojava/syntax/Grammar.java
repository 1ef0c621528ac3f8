// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.syntax;

import dev.atprotojava.testing.Gen;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The identifiers a second time, by the regular expressions of spec.md chapter 7 and the sentences
 * beside them; knows nothing of the scans. Each constant also makes texts that are valid or nearly
 * so, and names the code under test.
 */
enum Grammar {
  DID(Grammar::did, Grammar::isDid, Did::isValid, Did::parse, Did::isValid, Did::decode),
  HANDLE(
      Grammar::name,
      Grammar::isHandle,
      Handle::isValid,
      Handle::parse,
      Handle::isValid,
      Handle::decode),
  AT_IDENTIFIER(
      gen -> gen.oneIn(2) ? did(gen) : name(gen),
      Grammar::isAtIdentifier,
      AtIdentifier::isValid,
      AtIdentifier::parse,
      null,
      null),
  NSID(Grammar::nsid, Grammar::isNsid, Nsid::isValid, Nsid::parse, Nsid::isValid, Nsid::decode),
  RECORD_KEY(
      Grammar::recordKey,
      Grammar::isRecordKey,
      RecordKey::isValid,
      RecordKey::parse,
      RecordKey::isValid,
      RecordKey::decode),
  RECORD_PATH(
      Grammar::recordPath,
      Grammar::isRecordPath,
      RecordPath::isValid,
      RecordPath::parse,
      RecordPath::isValid,
      RecordPath::decode),
  TID(
      Grammar::tid,
      Grammar::isTid,
      Tid::isValid,
      Tid::parse,
      Tid::isValid,
      (utf8, offset, length) -> Tid.of(Tid.decode(utf8, offset))),
  AT_URI(Grammar::atUri, Grammar::isAtUri, AtUri::isValid, AtUri::parse, null, null),
  DATETIME(
      Grammar::datetime,
      text -> moment(text) != null,
      AtDatetime::isValid,
      AtDatetime::parse,
      AtDatetime::isValid,
      AtDatetime::decode),
  HOSTNAME(
      Grammar::hostname,
      text -> isHostname(text, "test"),
      Hostname::isValid,
      Hostname::parse,
      null,
      null),
  LOCAL_HOSTNAME(
      Grammar::hostname,
      text -> isLocalhost(text) || isHostname(text, ""),
      Hostname::isValidLocal,
      Hostname::parseLocal,
      null,
      null),
  LANGUAGE(
      Grammar::language, Grammar::isLanguage, LexiconFormat.LANGUAGE::isValid, null, null, null),
  CID(
      gen -> gen.oneOf("", "Qm", "Qmb") + gen.text("abzAZ09+=", gen.between(3, 12)),
      text -> matches("[a-zA-Z0-9+=]{8,256}", text) && !text.startsWith("Qmb"),
      LexiconFormat.CID::isValid,
      null,
      null,
      null),
  URI(
      gen ->
          gen.text("azAZ09+.-", gen.between(0, 3)) + ":" + gen.text("!~/?#[]%a", gen.between(0, 5)),
      text -> text.length() <= 8192 && matches("[A-Za-z][A-Za-z0-9+.-]*:[\\x21-\\x7e]+", text),
      LexiconFormat.URI::isValid,
      null,
      null,
      null);

  /** The text form of a parser. */
  interface Parser {
    Object parse(String text);
  }

  // The code under test is a method reference without state.
  @SuppressWarnings("ImmutableEnumChecker")
  private final Function<Gen, String> nearlyValid;

  @SuppressWarnings("ImmutableEnumChecker")
  private final Predicate<String> oracle;

  @SuppressWarnings("ImmutableEnumChecker")
  private final Predicate<String> check;

  @SuppressWarnings("ImmutableEnumChecker")
  private final @Nullable Parser parser;

  @SuppressWarnings("ImmutableEnumChecker")
  private final Framed.@Nullable Check byteCheck;

  @SuppressWarnings("ImmutableEnumChecker")
  private final Framed.@Nullable Decoder decoder;

  Grammar(
      Function<Gen, String> nearlyValid,
      Predicate<String> oracle,
      Predicate<String> check,
      @Nullable Parser parser,
      Framed.@Nullable Check byteCheck,
      Framed.@Nullable Decoder decoder) {
    this.nearlyValid = nearlyValid;
    this.oracle = oracle;
    this.check = check;
    this.parser = parser;
    this.byteCheck = byteCheck;
    this.decoder = decoder;
  }

  String nearlyValid(Gen gen) {
    return nearlyValid.apply(gen);
  }

  boolean allows(String text) {
    return oracle.test(text);
  }

  boolean codeAllows(String text) {
    return check.test(text);
  }

  @Nullable Parser parser() {
    return parser;
  }

  Framed.@Nullable Check byteCheck() {
    return byteCheck;
  }

  Framed.@Nullable Decoder decoder() {
    return decoder;
  }

  private static boolean matches(String regex, String text) {
    return Pattern.compile(regex).matcher(text).matches();
  }

  // SY-01
  private static boolean isDid(String text) {
    return text.length() <= 2048 && matches("did:[a-z]+:[a-zA-Z0-9._:%-]*[a-zA-Z0-9._-]", text);
  }

  private static String did(Gen gen) {
    if (gen.oneIn(3)) {
      return "did:plc:" + gen.text("abcdefghijklmnopqrstuvwxyz234567", 24);
    }
    int length = gen.oneIn(8) ? gen.between(2039, 2042) : gen.between(0, 12);
    return "did:" + gen.text("abz", gen.between(0, 3)) + ":" + gen.text("azAZ09._:%-", length);
  }

  // SY-03
  private static boolean isHandle(String text) {
    return text.length() <= 253
        && matches(
            "([a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\\.)+"
                + "[a-zA-Z]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?",
            text);
  }

  /** Dotted labels, at times as long as they may be. */
  private static String name(Gen gen) {
    if (gen.oneIn(8)) {
      return "a".repeat(gen.between(62, 64)) + ".b" + ("." + "c".repeat(60)).repeat(3);
    }
    return IntStream.range(0, gen.between(1, 4))
        .mapToObj(i -> label(gen))
        .collect(Collectors.joining("."));
  }

  private static String label(Gen gen) {
    int length = gen.oneIn(8) ? gen.between(61, 64) : gen.between(1, 4);
    return gen.text("abzABZ", 1) + gen.text("azAZ09azAZ09-", length - 1);
  }

  // SY-05
  private static boolean isAtIdentifier(String text) {
    return text.startsWith("did:") ? isDid(text) : isHandle(text);
  }

  // SY-06
  private static boolean isNsid(String text) {
    return text.length() <= 317
        && text.lastIndexOf('.') <= 253
        && matches(
            "[a-zA-Z]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
                + "(\\.[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)+"
                + "(\\.[a-zA-Z]([a-zA-Z0-9]{0,62})?)",
            text);
  }

  private static String nsid(Gen gen) {
    int length = gen.oneIn(8) ? gen.between(61, 64) : gen.between(1, 6);
    return name(gen) + "." + gen.text("abAB", 1) + gen.text("azAZ09", length - 1);
  }

  // SY-08
  private static boolean isRecordKey(String text) {
    return matches("[a-zA-Z0-9_~.:-]{1,512}", text) && !text.equals(".") && !text.equals("..");
  }

  private static String recordKey(Gen gen) {
    if (gen.oneIn(8)) {
      return ".".repeat(gen.between(0, 3));
    }
    return gen.text("azAZ09_~.:-", gen.oneIn(8) ? gen.between(511, 513) : gen.between(1, 14));
  }

  // SY-13, MST-02
  private static boolean isRecordPath(String text) {
    String[] parts = text.split("/", -1);
    return parts.length == 2
        && isNsid(parts[0])
        && isRecordKey(parts[1])
        && matches("[^A-Z]*", parts[0].substring(0, parts[0].lastIndexOf('.')));
  }

  private static String recordPath(Gen gen) {
    String name = gen.oneIn(4) ? name(gen) : name(gen).toLowerCase(Locale.ROOT);
    return name + "." + gen.text("abAB", gen.between(1, 4)) + "/" + recordKey(gen);
  }

  // SY-09
  private static boolean isTid(String text) {
    return matches("[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}", text);
  }

  private static String tid(Gen gen) {
    return gen.text("27abijk", 1) + gen.text("234567abcdefghijklmnopqrstuvwxyz", 12);
  }

  // SY-14
  private static boolean isAtUri(String text) {
    Matcher uri =
        Pattern.compile("at://([a-zA-Z0-9._:%-]+)(/([a-zA-Z0-9-.]+)(/([a-zA-Z0-9_~.:-]{1,512}))?)?")
            .matcher(text);
    return text.length() <= 8192
        && uri.matches()
        && isAtIdentifier(uri.group(1))
        && (uri.group(3) == null || isNsid(uri.group(3)))
        && (uri.group(5) == null || isRecordKey(uri.group(5)));
  }

  private static String atUri(Gen gen) {
    String account = "at://" + (gen.oneIn(2) ? did(gen) : name(gen));
    return switch (gen.nextInt(3)) {
      case 0 -> account;
      case 1 -> account + "/" + nsid(gen);
      default -> account + "/" + nsid(gen) + "/" + recordKey(gen);
    };
  }

  /** The moment that a datetime names, or null if it is none (SY-17, SY-18). */
  static @Nullable Instant moment(String text) {
    Matcher fields =
        Pattern.compile(
                "([0-9]{4})-(0[1-9]|1[012])-(0[1-9]|[12][0-9]|3[01])"
                    + "T([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9]|60)"
                    + "(\\.[0-9]+)?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])")
            .matcher(text);
    if (text.length() > 64 || text.endsWith("-00:00") || !fields.matches()) {
      return null;
    }
    String fraction = fields.group(7) == null ? "" : fields.group(7).substring(1);
    String zone = fields.group(8);
    int minutes =
        zone.equals("Z")
            ? 0
            : Integer.parseInt(zone.substring(0, 3)) * 60
                + Integer.parseInt(zone.charAt(0) + zone.substring(4));
    try {
      LocalDateTime utc =
          LocalDateTime.of(
                  Integer.parseInt(fields.group(1)),
                  Integer.parseInt(fields.group(2)),
                  Integer.parseInt(fields.group(3)),
                  Integer.parseInt(fields.group(4)),
                  Integer.parseInt(fields.group(5)),
                  Math.min(59, Integer.parseInt(fields.group(6))),
                  Integer.parseInt((fraction + "000000000").substring(0, 9)))
              .minusMinutes(minutes);
      return utc.getYear() < 0 ? null : utc.toInstant(ZoneOffset.UTC);
    } catch (DateTimeException noSuchDay) {
      return null;
    }
  }

  private static String datetime(Gen gen) {
    String date = gen.oneOf("0000-01-01", "2024-02-29", "2023-02-29", "1900-02-29", "1999-12-31");
    if (gen.oneIn(2)) {
      date = two(gen, 99) + two(gen, 99) + "-" + two(gen, 13) + "-" + two(gen, 32);
    }
    String time = two(gen, 24) + ":" + two(gen, 60) + ":" + two(gen, 61);
    int digits = gen.oneIn(6) ? gen.between(42, 45) : gen.between(0, 12);
    String fraction = digits == 0 ? "" : "." + gen.text("0123456789", digits);
    String zone =
        gen.oneOf("Z", "+00:00", "-00:00", gen.oneOf("+", "-") + two(gen, 24) + ":" + two(gen, 60));
    return date + "T" + time + fraction + zone;
  }

  private static String two(Gen gen, int max) {
    return String.format(Locale.ROOT, "%02d", gen.between(0, max));
  }

  // SY-23, ID-44
  private static boolean isHostname(String text, String alsoReserved) {
    String topLevel = text.substring(text.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    return isHandle(text)
        && !matches("alt|arpa|example|internal|invalid|local|localhost|onion", topLevel)
        && !topLevel.equals(alsoReserved);
  }

  private static boolean isLocalhost(String text) {
    return matches("[lL][oO][cC][aA][lL][hH][oO][sS][tT](:[1-9][0-9]{0,4})?", text)
        && (text.length() <= 10 || Integer.parseInt(text.substring(10)) <= 65535);
  }

  private static String hostname(Gen gen) {
    return switch (gen.nextInt(3)) {
      case 0 -> gen.oneOf("localhost", "LocalHost") + ":" + gen.between(0, 70_000);
      case 1 -> name(gen) + "." + gen.oneOf("alt", "ARPA", "local", "test", "Onion", "internal");
      default -> name(gen);
    };
  }

  // SY-22
  private static boolean isLanguage(String text) {
    if (text.length() > 128
        || !matches(
            "((en-GB-oed|i-ami|i-bnn|i-default|i-enochian|i-hak|i-klingon|i-lux|i-mingo|i-navajo"
                + "|i-pwn|i-tao|i-tay|i-tsu|sgn-BE-FR|sgn-BE-NL|sgn-CH-DE|art-lojban|cel-gaulish"
                + "|no-bok|no-nyn|zh-guoyu|zh-hakka|zh-min|zh-min-nan|zh-xiang)"
                + "|([a-z]{2,3}(-[A-Za-z]{3}(-[A-Za-z]{3}){0,2})?)(-[A-Za-z]{4})?"
                + "(-([A-Za-z]{2}|[0-9]{3}))?(-([A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*"
                + "(-[0-9A-WY-Za-wy-z](-[A-Za-z0-9]{2,8})+)*(-[xX](-[A-Za-z0-9]{1,8})+)?"
                + "|[xX](-[A-Za-z0-9]{1,8})+)",
            text)) {
      return false;
    }
    // Behind a singleton come extensions, so a subtag of variant length is no variant there.
    Set<String> variants = new HashSet<>();
    Set<String> singletons = new HashSet<>();
    for (String subtag : text.toLowerCase(Locale.ROOT).split("-", -1)) {
      if (subtag.equals("x")) {
        return true;
      }
      boolean variant = matches("[a-z0-9]{5,8}|[0-9][a-z0-9]{3}", subtag);
      if ((subtag.length() == 1 && !singletons.add(subtag))
          || (variant && singletons.isEmpty() && !variants.add(subtag))) {
        return false;
      }
    }
    return true;
  }

  private static String language(Gen gen) {
    return IntStream.range(0, gen.between(1, 6))
        .mapToObj(
            i ->
                i == 0
                    ? gen.oneOf("en", "zh", "sgn", "i", "x", "no", "art", "fourl")
                    : gen.oneOf(
                        "min",
                        "nan",
                        "BE",
                        "NL",
                        "419",
                        "Latn",
                        "1901",
                        "rozaj",
                        "ROZAJ",
                        "a",
                        "B",
                        "u",
                        "x",
                        "X",
                        "klingon",
                        "lojban",
                        "hakka",
                        "default",
                        "bok",
                        "arevela12"))
        .collect(Collectors.joining("-"));
  }
}
