// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.atprotojava.crypto.CryptoException;
import dev.atprotojava.crypto.PublicKey;
import dev.atprotojava.identity.IdentityException.Fault;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.Handle;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One pass over the JSON of a DID document, without a tree.
 *
 * <p>Lenient about what is there, strict about what JSON is: with a repeated key two readers could
 * see two signing keys in one document.
 */
final class DocumentReader {
  private static final String HANDLE_PREFIX = "at://";
  private static final String KEY_ID = "#atproto";
  private static final String PDS_ID = "#atproto_pds";
  static final String PDS_TYPE = "AtprotoPersonalDataServer";

  // The longest text of a key is 90 characters. Decoding takes quadratic time, and a document has
  // room for many.
  private static final int MAX_KEY_LENGTH = 128;

  // Names of members come from strangers: none goes into a table that outlives the document.
  static final JsonFactory JSON =
      JsonFactory.builder()
          .configure(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES, false)
          .configure(JsonFactory.Feature.INTERN_FIELD_NAMES, false)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DidDocument.MAX_DEPTH)
                  .maxDocumentLength(DidDocument.MAX_BYTES)
                  .maxStringLength(DidDocument.MAX_BYTES)
                  .build())
          .build();

  private final Did did;
  private final AddressPolicy policy;

  private @Nullable String id;
  private @Nullable Handle handle;
  private boolean pdsFound;
  private @Nullable PdsEndpoint pds;
  private @Nullable PublicKey signingKey;

  DocumentReader(Did did, AddressPolicy policy) {
    this.did = did;
    this.policy = policy;
  }

  DidDocument read(String json) {
    try (JsonParser parser = JSON.createParser(json)) {
      readDocument(parser);
    } catch (StreamConstraintsException e) {
      throw new IdentityException(Fault.TOO_COMPLEX, "DID document is nested too deep");
    } catch (JsonProcessingException e) {
      throw new IdentityException(Fault.MALFORMED, "DID document is not JSON, or repeats a key");
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible); // the text is in memory
    }
    if (!did.toString().equals(id)) {
      throw new IdentityException(Fault.WRONG_ID, "DID document of another DID");
    }
    return new DidDocument(did, handle, pds, signingKey, json);
  }

  private void readDocument(JsonParser parser) throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw new IdentityException(Fault.MALFORMED, "DID document is not an object");
    }
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      switch (name) {
        case "id" -> id = stringOrSkip(parser);
        case "alsoKnownAs" -> readNames(parser);
        case "verificationMethod" -> readEntries(parser, "publicKeyMultibase", this::useKey);
        case "service" -> readEntries(parser, "serviceEndpoint", this::useService);
        default -> parser.skipChildren();
      }
    }
    if (parser.nextToken() != null) {
      throw new IdentityException(Fault.MALFORMED, "DID document has something behind its end");
    }
  }

  /** ID-36: the first entry that is a handle and nothing more. */
  private void readNames(JsonParser parser) throws IOException {
    if (!parser.isExpectedStartArrayToken()) {
      parser.skipChildren();
      return;
    }
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      String name = stringOrSkip(parser);
      if (handle == null && name != null) {
        handle = claimedHandle(name);
      }
    }
  }

  /** The handle that an entry of {@code alsoKnownAs} claims, or null if it is of another kind. */
  static @Nullable Handle claimedHandle(String name) {
    if (!name.startsWith(HANDLE_PREFIX)) {
      return null;
    }
    String rest = name.substring(HANDLE_PREFIX.length());
    return Handle.isValid(rest) ? Handle.parse(rest).normalized() : null;
  }

  /** An entry of {@code verificationMethod} or {@code service}; what is no string is null. */
  private record Entry(
      @Nullable String id,
      @Nullable String type,
      @Nullable String controller,
      @Nullable String value) {}

  private interface EntryUser {
    void use(Entry entry);
  }

  private void readEntries(JsonParser parser, String valueName, EntryUser user) throws IOException {
    if (!parser.isExpectedStartArrayToken()) {
      parser.skipChildren();
      return;
    }
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (parser.currentToken() == JsonToken.START_OBJECT) {
        user.use(readEntry(parser, valueName));
      } else {
        parser.skipChildren();
      }
    }
  }

  private static Entry readEntry(JsonParser parser, String valueName) throws IOException {
    String id = null;
    String type = null;
    String controller = null;
    String value = null;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      if (name.equals(valueName)) {
        value = stringOrSkip(parser);
        continue;
      }
      switch (name) {
        case "id" -> id = stringOrSkip(parser);
        case "type" -> type = stringOrSkip(parser);
        case "controller" -> controller = stringOrSkip(parser);
        default -> parser.skipChildren();
      }
    }
    return new Entry(id, type, controller, value);
  }

  /** ID-32, T-43: the first valid entry; a damaged one before it does no harm (T-44). */
  private void useKey(Entry entry) {
    String type = entry.type();
    String multibase = entry.value();
    if (signingKey != null
        || !isOurs(entry, KEY_ID)
        || !did.toString().equals(entry.controller())
        || type == null
        || multibase == null
        || multibase.length() > MAX_KEY_LENGTH) {
      return;
    }
    try {
      signingKey = PublicKey.parseVerificationMethod(type, multibase);
    } catch (CryptoException unusable) {
      // CR-25: skip the entry, not the document.
    }
  }

  /** ID-33: the first entry with both our id and our type, whether its endpoint is one or not. */
  private void useService(Entry entry) {
    if (pdsFound || !isOurs(entry, PDS_ID) || !PDS_TYPE.equals(entry.type())) {
      return;
    }
    pdsFound = true;
    pds = entry.value() == null ? null : PdsEndpoint.find(entry.value(), policy);
  }

  /** ID-31: {@code #atproto}, or that behind this very DID. */
  private boolean isOurs(Entry entry, String fragment) {
    String entryId = entry.id();
    if (entryId == null || !entryId.endsWith(fragment)) {
      return false;
    }
    int prefix = entryId.length() - fragment.length();
    return prefix == 0 || (prefix == did.toString().length() && entryId.startsWith(did.toString()));
  }

  private static @Nullable String stringOrSkip(JsonParser parser) throws IOException {
    if (parser.currentToken() == JsonToken.VALUE_STRING) {
      return parser.getText();
    }
    parser.skipChildren();
    return null;
  }
}
