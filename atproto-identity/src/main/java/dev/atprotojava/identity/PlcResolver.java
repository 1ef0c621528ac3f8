// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.atprotojava.identity.DidResolution.Failed;
import dev.atprotojava.identity.IdentityLookup.Unavailable;
import dev.atprotojava.syntax.Did;
import java.io.IOException;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * Asks a PLC directory for did:plc documents (ID-10 to ID-13).
 *
 * <p>One resolver asks one directory. Give several, the preferred first, to a {@link
 * CachingDirectory}: it limits and watches each of them, and goes on to the next.
 *
 * <p>Source: the did:plc specification.
 */
public final class PlcResolver implements DidResolver {
  /** The directory that everybody uses. */
  public static final String PUBLIC_DIRECTORY = "https://plc.directory";

  private static final String ACCEPT = "application/did+ld+json,application/json";
  private static final DidResolution.Unresolvable MALFORMED =
      new DidResolution.Unresolvable(IdentityLookup.Unresolvable.Cause.MALFORMED);

  private final HttpFetcher http;
  private final HttpUrl directory;
  private final AddressPolicy documentPolicy;

  private PlcResolver(HttpFetcher http, String directory, AddressPolicy documentPolicy) {
    this.http = http;
    this.directory = HttpUrl.get(directory);
    this.documentPolicy = documentPolicy;
  }

  /** Of {@link #PUBLIC_DIRECTORY}. */
  public static PlcResolver of(HttpFetcher http) {
    return of(http, PUBLIC_DIRECTORY);
  }

  /**
   * Of a directory.
   *
   * @param directory the URL in front of {@code /did:plc:...}
   * @throws IllegalArgumentException if it is not a URL of http or https
   */
  public static PlcResolver of(HttpFetcher http, String directory) {
    return of(http, directory, http.policy());
  }

  /**
   * Of a directory that is reached under another policy than the servers in its documents: a mirror
   * in one's own network, for which the fetcher needs {@link AddressPolicy#dev}, and documents of
   * the public network.
   */
  public static PlcResolver of(HttpFetcher http, String directory, AddressPolicy documentPolicy) {
    return new PlcResolver(http, directory, documentPolicy);
  }

  @Override
  public DidResolution.@Nullable Unresolvable refusal(Did did) {
    return did.isPlc() ? null : MALFORMED;
  }

  @Override
  public DidResolution resolve(Did did) {
    if (!did.isPlc()) {
      return MALFORMED;
    }
    HttpUrl url = directory.newBuilder().addPathSegment(did.toString()).build();
    return switch (http.get(url, ACCEPT)) {
      case HttpFetcher.Answer answer -> judge(did, answer);
      case HttpFetcher.NoAnswer none -> new Failed(none.reason(), null);
      // Of the directory, which says nothing about the DID.
      case HttpFetcher.NoHost none -> new Failed(Unavailable.Reason.UNREACHABLE, null);
    };
  }

  private DidResolution judge(Did did, HttpFetcher.Answer answer) {
    return switch (answer.status()) {
      case 200 -> Documents.parse(did, answer.body(), documentPolicy);
      // ID-12, T-49: directories answer 404 for both, and differ in the message.
      case 404 ->
          isTombstone(answer.body())
              ? new DidResolution.Tombstoned()
              : new DidResolution.NotFound();
      case 410 -> new DidResolution.Tombstoned();
      case 429 -> new Failed(Unavailable.Reason.RATE_LIMITED, answer.retryAfter());
      default -> new Failed(Unavailable.Reason.BAD_STATUS, answer.retryAfter());
    };
  }

  /** Whether the body is {@code {"message": "DID not available: ..."}}. */
  private static boolean isTombstone(byte[] body) {
    try (JsonParser parser = DocumentReader.JSON.createParser(body)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return false;
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean message = parser.currentName().equals("message");
        JsonToken value = parser.nextToken();
        if (message && value == JsonToken.VALUE_STRING) {
          return parser.getText().contains("not available");
        }
        parser.skipChildren();
      }
      return false;
    } catch (IOException notJson) {
      return false;
    }
  }

  @Override
  public String toString() {
    return directory.toString();
  }
}
