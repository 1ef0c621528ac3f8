// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The identifiers that all implementations of the protocol must accept, and those they must refuse,
 * in every form that a type has: format name, parser, bytes.
 */
class SyntaxVectorsTest {
  @VectorFile("syntax/atidentifier_syntax_valid.txt")
  void atidentifier_valid(String text) {
    accepts(LexiconFormat.AT_IDENTIFIER, text);
  }

  @VectorFile("syntax/atidentifier_syntax_invalid.txt")
  void atidentifier_invalid(String text) {
    refuses(LexiconFormat.AT_IDENTIFIER, text);
  }

  @VectorFile("syntax/aturi_syntax_valid.txt")
  void aturi_valid(String text) {
    accepts(LexiconFormat.AT_URI, text);
  }

  @VectorFile("syntax/aturi_syntax_invalid.txt")
  void aturi_invalid(String text) {
    refuses(LexiconFormat.AT_URI, text);
  }

  @VectorFile("syntax/cid_syntax_valid.txt")
  void cid_valid(String text) {
    accepts(LexiconFormat.CID, text);
  }

  @VectorFile("syntax/cid_syntax_invalid.txt")
  void cid_invalid(String text) {
    refuses(LexiconFormat.CID, text);
  }

  @VectorFile("syntax/datetime_syntax_valid.txt")
  void datetime_valid(String text) {
    accepts(LexiconFormat.DATETIME, text);
  }

  @VectorFile("syntax/datetime_syntax_invalid.txt")
  void datetime_invalid(String text) {
    refuses(LexiconFormat.DATETIME, text);
  }

  // Of the right shape, but without a meaning: SY-18.
  @VectorFile("syntax/datetime_parse_invalid.txt")
  void datetime_invalidMeaning(String text) {
    refuses(LexiconFormat.DATETIME, text);
  }

  @VectorFile("syntax/did_syntax_valid.txt")
  void did_valid(String text) {
    accepts(LexiconFormat.DID, text);
  }

  @VectorFile("syntax/did_syntax_invalid.txt")
  void did_invalid(String text) {
    refuses(LexiconFormat.DID, text);
  }

  @VectorFile("syntax/handle_syntax_valid.txt")
  void handle_valid(String text) {
    accepts(LexiconFormat.HANDLE, text);
  }

  @VectorFile("syntax/handle_syntax_invalid.txt")
  void handle_invalid(String text) {
    refuses(LexiconFormat.HANDLE, text);
  }

  @VectorFile("syntax/language_syntax_valid.txt")
  void language_valid(String text) {
    accepts(LexiconFormat.LANGUAGE, text);
  }

  @VectorFile("syntax/language_syntax_invalid.txt")
  void language_invalid(String text) {
    refuses(LexiconFormat.LANGUAGE, text);
  }

  // Of the right shape, but without a meaning: SY-22.
  @VectorFile("syntax/language_parse_invalid.txt")
  void language_invalidMeaning(String text) {
    refuses(LexiconFormat.LANGUAGE, text);
  }

  // The text of the specification wins over its vectors: it limits the authority to 253 characters
  // (SY-06), and one case has 283.
  @VectorFile("syntax/nsid_syntax_valid.txt")
  void nsid_valid(String text) {
    if (text.lastIndexOf('.') > 253) {
      refuses(LexiconFormat.NSID, text);
    } else {
      accepts(LexiconFormat.NSID, text);
    }
  }

  @VectorFile("syntax/nsid_syntax_invalid.txt")
  void nsid_invalid(String text) {
    refuses(LexiconFormat.NSID, text);
  }

  @VectorFile("syntax/recordkey_syntax_valid.txt")
  void recordkey_valid(String text) {
    accepts(LexiconFormat.RECORD_KEY, text);
  }

  @VectorFile("syntax/recordkey_syntax_invalid.txt")
  void recordkey_invalid(String text) {
    refuses(LexiconFormat.RECORD_KEY, text);
  }

  @VectorFile("syntax/tid_syntax_valid.txt")
  void tid_valid(String text) {
    accepts(LexiconFormat.TID, text);
  }

  @VectorFile("syntax/tid_syntax_invalid.txt")
  void tid_invalid(String text) {
    refuses(LexiconFormat.TID, text);
  }

  @VectorFile("syntax/uri_syntax_valid.txt")
  void uri_valid(String text) {
    accepts(LexiconFormat.URI, text);
  }

  @VectorFile("syntax/uri_syntax_invalid.txt")
  void uri_invalid(String text) {
    refuses(LexiconFormat.URI, text);
  }

  private static void accepts(LexiconFormat format, String text) {
    assertThat(format.isValid(text)).isTrue();
    Function<String, Object> parser = parser(format);
    if (parser != null) {
      assertThat(parser.apply(text)).hasToString(text);
    }
    ByteForm bytes = byteForm(format);
    if (bytes != null) {
      assertThat(isValid(bytes, text)).isTrue();
    }
  }

  private static void refuses(LexiconFormat format, String text) {
    assertThat(format.isValid(text)).isFalse();
    Function<String, Object> parser = parser(format);
    if (parser != null) {
      assertThatThrownBy(() -> parser.apply(text)).isInstanceOf(InvalidSyntaxException.class);
    }
    ByteForm bytes = byteForm(format);
    if (bytes != null) {
      assertThat(isValid(bytes, text)).isFalse();
    }
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
