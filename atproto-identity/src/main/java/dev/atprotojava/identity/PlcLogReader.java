// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.atprotojava.identity.IdentityException.Fault;
import dev.atprotojava.identity.IdentityLookup.Unavailable;
import dev.atprotojava.identity.IdentityLookup.Unavailable.Reason;
import dev.atprotojava.syntax.Did;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * Asks a PLC directory for the whole log of a DID, {@code /log/audit} (ID-15), for a {@link
 * PlcAudit}. Remembers nothing and limits nothing. Threads may share one.
 */
public final class PlcLogReader {
  /** The largest log that is read, in bytes of JSON: some thousand operations. */
  public static final int MAX_BYTES = 4 * 1024 * 1024;

  private static final JsonFactory JSON =
      DocumentReader.JSON
          .rebuild()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DidDocument.MAX_DEPTH)
                  .maxDocumentLength(MAX_BYTES)
                  .maxStringLength(PlcLogEntry.MAX_BYTES)
                  .build())
          .build();

  private final HttpFetcher http;
  private final HttpUrl directory;

  private PlcLogReader(HttpFetcher http, HttpUrl directory) {
    this.http = http;
    this.directory = directory;
  }

  /** What one request came to. */
  public sealed interface Answer {
    /** The log, as the directory tells it. */
    record Log(List<PlcLogEntry> entries) implements Answer {
      /** Keeps a copy. */
      public Log {
        entries = List.copyOf(entries);
      }
    }

    /** The directory knows no such DID. */
    record NotFound() implements Answer {}

    /**
     * The request failed and says nothing about the DID (ID-04).
     *
     * @param retryAfter for how long the directory asked to be left alone, if it did
     */
    record Failed(Unavailable.Reason reason, @Nullable Duration retryAfter) implements Answer {}
  }

  /**
   * Of a directory.
   *
   * @param directory the URL in front of {@code /did:plc:...}
   * @throws IllegalArgumentException if it is not a URL of http or https
   */
  public static PlcLogReader of(HttpFetcher http, String directory) {
    return new PlcLogReader(http, HttpUrl.get(directory));
  }

  /** Asks. Blocks, for at most the time limit of the fetcher. */
  public Answer read(Did did) {
    if (!did.isPlc()) {
      return new Answer.NotFound();
    }
    HttpUrl url =
        directory.newBuilder().addPathSegment(did.toString()).addPathSegments("log/audit").build();
    return switch (http.get(url, "application/json", MAX_BYTES)) {
      case HttpFetcher.Answer answer -> judge(answer);
      case HttpFetcher.NoAnswer none -> new Answer.Failed(none.reason(), null);
      case HttpFetcher.NoHost none -> new Answer.Failed(Reason.UNREACHABLE, null);
    };
  }

  private static Answer judge(HttpFetcher.Answer answer) {
    return switch (answer.status()) {
      case 200 -> {
        try {
          yield new Answer.Log(parse(answer.body()));
        } catch (IdentityException malformed) {
          yield new Answer.Failed(Reason.DOCUMENT_INVALID, null);
        }
      }
      case 404 -> new Answer.NotFound();
      case 429 -> new Answer.Failed(Reason.RATE_LIMITED, answer.retryAfter());
      default -> new Answer.Failed(Reason.BAD_STATUS, answer.retryAfter());
    };
  }

  /**
   * The log in some bytes of JSON, an array of rows.
   *
   * @throws IdentityException with the fault {@code LOG_ENTRY} if it is none
   */
  public static List<PlcLogEntry> parse(byte[] json) {
    try (JsonParser parser = JSON.createParser(PlcJson.utf8(json, Fault.LOG_ENTRY))) {
      List<PlcLogEntry> entries = PlcJson.trees(parser, PlcJson::entry);
      if (parser.nextToken() == null) {
        return entries;
      }
    } catch (IOException malformed) {
      // Of the JSON: the text is in memory.
    }
    throw new IdentityException(Fault.LOG_ENTRY, "PLC log is not JSON, or too large");
  }
}
