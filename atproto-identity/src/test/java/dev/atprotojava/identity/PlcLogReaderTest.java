// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import static dev.atprotojava.identity.LocalServer.ok;
import static dev.atprotojava.identity.LocalServer.status;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.identity.IdentityLookup.Unavailable.Reason;
import dev.atprotojava.identity.PlcLogReader.Answer.Failed;
import dev.atprotojava.identity.PlcLogReader.Answer.Log;
import dev.atprotojava.identity.PlcLogReader.Answer.NotFound;
import dev.atprotojava.syntax.Did;
import java.time.Duration;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** ID-15: the log of a DID, from whoever keeps it. */
class PlcLogReaderTest {
  private static final PlcOperation FIRST =
      PlcLogWriter.regular(0, PlcLogWriter.state("a.example.com", 0), null);
  private static final PlcLogWriter LOG =
      new PlcLogWriter().add(FIRST).add(PlcLogWriter.tombstone(0, FIRST)).flags(false, false);
  private static final Did DID = FIRST.genesisDid();

  private final LocalServer server = new LocalServer();
  private final HttpFetcher http = HttpFetcher.builder().policy(AddressPolicy.dev()).build();
  private final PlcLogReader reader = PlcLogReader.of(http, server.url());

  @AfterEach
  void close() {
    http.close();
    server.close();
  }

  private static String json() {
    return LOG.entries().stream()
        .map(PlcLogWriter::json)
        .collect(Collectors.joining(",", "[", "]"));
  }

  private PlcLogReader.Answer read(LocalServer.Answer answer) {
    server.answer(answer);
    return reader.read(DID);
  }

  @Test
  void read_givesALogToAudit() {
    Log log = (Log) read(ok(json()));

    assertThat(server.paths()).containsExactly("/" + DID + "/log/audit");
    assertThat(log.entries()).isEqualTo(LOG.entries());
    assertThat(PlcAudit.of(DID, log.entries())).isInstanceOf(PlcAudit.Valid.class);
  }

  // ID-04: only the directory's own "not found" is one.
  @Test
  void read_tellsNoneFromFailing() {
    assertThat(read(status(404, ""))).isEqualTo(new NotFound());
    assertThat(read(status(500, ""))).isEqualTo(new Failed(Reason.BAD_STATUS, null));
    assertThat(read(status(429, "", "Retry-After", "3")))
        .isEqualTo(new Failed(Reason.RATE_LIMITED, Duration.ofSeconds(3)));
    assertThat(read(LocalServer.raw("x\r\n\r\n"))).isEqualTo(new Failed(Reason.UNREACHABLE, null));
    assertThat(read(LocalServer.flood())).isEqualTo(new Failed(Reason.DOCUMENT_INVALID, null));
  }

  @Test
  void read_asksNobodyForAnotherDid() {
    assertThat(reader.read(Did.parse("did:web:a.example.com"))).isEqualTo(new NotFound());
    assertThat(server.paths()).isEmpty();
  }

  // A log that is larger than a document is a log, and read in full.
  @Test
  void read_takesALongLog() {
    String row = PlcLogWriter.json(LOG.entries().get(0));
    int rows = 2 * DidDocument.MAX_BYTES / row.length();

    Log log = (Log) read(ok("[" + (row + ",").repeat(rows - 1) + row + "]"));

    assertThat(log.entries()).hasSize(rows);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "[", "[7]", "[{}]", "[] []", "[null]"})
  void parse_refusesWhatIsNoLog(String json) {
    assertThatThrownBy(() -> PlcLogReader.parse(json.getBytes(UTF_8)))
        .isInstanceOf(IdentityException.class);
    assertThat(read(ok(json))).isEqualTo(new Failed(Reason.DOCUMENT_INVALID, null));
  }
}
