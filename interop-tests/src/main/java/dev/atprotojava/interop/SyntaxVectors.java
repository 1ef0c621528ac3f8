// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.atprotojava.syntax.AtDatetime;
import dev.atprotojava.syntax.AtIdentifier;
import dev.atprotojava.syntax.AtUri;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.Handle;
import dev.atprotojava.syntax.InvalidSyntaxException;
import dev.atprotojava.syntax.LexiconFormat;
import dev.atprotojava.syntax.Nsid;
import dev.atprotojava.syntax.RecordKey;
import dev.atprotojava.syntax.Tid;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The identifiers that all implementations of the protocol must accept, and those they must refuse,
 * in every form that a type has: format name, parser, bytes.
 */
final class SyntaxVectors {
  static final List<VectorClaim> CLAIMS =
      List.of(
          valid("atidentifier", LexiconFormat.AT_IDENTIFIER),
          invalid("atidentifier_syntax", LexiconFormat.AT_IDENTIFIER),
          valid("aturi", LexiconFormat.AT_URI),
          invalid("aturi_syntax", LexiconFormat.AT_URI),
          valid("cid", LexiconFormat.CID),
          invalid("cid_syntax", LexiconFormat.CID),
          valid("datetime", LexiconFormat.DATETIME),
          invalid("datetime_syntax", LexiconFormat.DATETIME),
          invalid("datetime_parse", LexiconFormat.DATETIME), // the shape alone is right: SY-18
          valid("did", LexiconFormat.DID),
          invalid("did_syntax", LexiconFormat.DID),
          valid("handle", LexiconFormat.HANDLE),
          invalid("handle_syntax", LexiconFormat.HANDLE),
          valid("language", LexiconFormat.LANGUAGE),
          invalid("language_syntax", LexiconFormat.LANGUAGE),
          invalid("language_parse", LexiconFormat.LANGUAGE), // the shape alone is right: SY-22
          VectorClaim.lines("syntax/nsid_syntax_valid.txt", SyntaxVectors::nsid),
          invalid("nsid_syntax", LexiconFormat.NSID),
          valid("recordkey", LexiconFormat.RECORD_KEY),
          invalid("recordkey_syntax", LexiconFormat.RECORD_KEY),
          valid("tid", LexiconFormat.TID),
          invalid("tid_syntax", LexiconFormat.TID),
          valid("uri", LexiconFormat.URI),
          invalid("uri_syntax", LexiconFormat.URI));

  private SyntaxVectors() {}

  private static VectorClaim valid(String name, LexiconFormat format) {
    return VectorClaim.lines(
        "syntax/" + name + "_syntax_valid.txt",
        text -> {
          accepts(format, text);
          return Verdict.PASSED;
        });
  }

  private static VectorClaim invalid(String name, LexiconFormat format) {
    return VectorClaim.lines(
        "syntax/" + name + "_invalid.txt",
        text -> {
          refuses(format, text);
          return Verdict.PASSED;
        });
  }

  // The text of the specification wins over its vectors: it limits the authority to 253 characters
  // (SY-06), and one case has 283.
  private static Verdict nsid(String text) {
    if (text.lastIndexOf('.') > 253) {
      refuses(LexiconFormat.NSID, text);
      return new Verdict.Narrowed("SY-06", "an authority has at most 253 characters");
    }
    accepts(LexiconFormat.NSID, text);
    return Verdict.PASSED;
  }

  private static void accepts(LexiconFormat format, String text) {
    Expect.that(format.isValid(text), "refused by format, and should be accepted");
    Function<String, Object> parser = parser(format);
    if (parser != null) {
      Expect.same("what was parsed", parser.apply(text).toString(), text);
    }
    ByteForm bytes = byteForm(format);
    Expect.that(bytes == null || isValid(bytes, text), "refused as bytes, and should be accepted");
  }

  private static void refuses(LexiconFormat format, String text) {
    Expect.that(!format.isValid(text), "accepted by format, and should be refused");
    Function<String, Object> parser = parser(format);
    if (parser != null) {
      Expect.refused(
          InvalidSyntaxException.class,
          "the text",
          () -> {
            var _ = parser.apply(text);
          });
    }
    ByteForm bytes = byteForm(format);
    Expect.that(bytes == null || !isValid(bytes, text), "accepted as bytes, and should be refused");
  }

  private static boolean isValid(ByteForm form, String text) {
    byte[] framed = ("x" + text + "x").getBytes(UTF_8);
    return form.isValid(framed, 1, framed.length - 2);
  }

  private interface ByteForm {
    boolean isValid(byte[] utf8, int offset, int length);
  }

  private static @Nullable Function<String, Object> parser(LexiconFormat format) {
    return switch (format) {
      case AT_IDENTIFIER -> AtIdentifier::parse;
      case AT_URI -> AtUri::parse;
      case DATETIME -> AtDatetime::parse;
      case DID -> Did::parse;
      case HANDLE -> Handle::parse;
      case NSID -> Nsid::parse;
      case RECORD_KEY -> RecordKey::parse;
      case TID -> Tid::parse;
      case CID, LANGUAGE, URI -> null;
    };
  }

  private static @Nullable ByteForm byteForm(LexiconFormat format) {
    return switch (format) {
      case DATETIME -> AtDatetime::isValid;
      case DID -> Did::isValid;
      case HANDLE -> Handle::isValid;
      case NSID -> Nsid::isValid;
      case RECORD_KEY -> RecordKey::isValid;
      case TID -> Tid::isValid;
      case AT_IDENTIFIER, AT_URI, CID, LANGUAGE, URI -> null;
    };
  }
}
