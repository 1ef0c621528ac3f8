// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.atprotojava.crypto.PublicKey;
import dev.atprotojava.identity.AddressPolicy;
import dev.atprotojava.identity.DidDocument;
import dev.atprotojava.identity.PlcAudit;
import dev.atprotojava.identity.PlcLogEntry;
import dev.atprotojava.identity.PlcLogReader;
import dev.atprotojava.identity.PlcOperation;
import dev.atprotojava.identity.PlcOperationLog;
import dev.atprotojava.syntax.Did;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What a real PLC directory answered while accounts were made, renamed, migrated and given new keys
 * (ID-30 to ID-37, ID-70 to ID-75). Damage: an account of the network that is not understood.
 */
@ExtendWith(RecordingsPresent.class)
class RecordedIdentitiesTest {
  private final Recordings recordings = Recordings.ofThisRun();

  private JsonNode json(String file) throws IOException {
    return new ObjectMapper().readTree(recordings.readBytes(file).toByteArray());
  }

  private static byte[] bytes(JsonNode node) {
    return node.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static PlcOperationLog audited(Did did, JsonNode log) {
    List<PlcLogEntry> entries = PlcLogReader.parse(bytes(log));
    assertThat(entries).hasSameSizeAs(log);
    PlcAudit audit = PlcAudit.of(did, entries);
    assertThat(audit).as("log of %s", did).isInstanceOf(PlcAudit.Valid.class);
    return ((PlcAudit.Valid) audit).log();
  }

  @Test
  void logs_areSignedStepByStep() throws IOException {
    JsonNode logs = json("plc-audit.json");
    logs.properties().forEach(log -> audited(Did.parse(log.getKey()), log.getValue()));
    assertThat(logs.size()).isGreaterThan(20);
  }

  /** A row that somebody put another handle into, which nobody has signed. */
  @Test
  void logs_thatAreForgedAreRefused() throws IOException {
    json("plc-audit.json")
        .properties()
        .forEach(
            log -> {
              String forged = log.getValue().toString().replace("at://", "at://x");
              Did did = Did.parse(log.getKey());
              assertThat(
                      PlcAudit.of(did, PlcLogReader.parse(forged.getBytes(StandardCharsets.UTF_8))))
                  .isInstanceOf(PlcAudit.Invalid.class);
            });
  }

  /** Damage: a log that is played forward to another state than the directory's. */
  @Test
  void documents_sayWhatTheLogsEndIn() throws IOException {
    JsonNode documents = json("dids.json");
    JsonNode logs = json("plc-audit.json");
    documents
        .properties()
        .forEach(
            entry -> {
              Did did = Did.parse(entry.getKey());
              DidDocument document =
                  DidDocument.parse(did, bytes(entry.getValue()), AddressPolicy.dev());
              PlcOperation head =
                  Objects.requireNonNull(audited(did, logs.get(entry.getKey())).head());

              assertThat(document.identity(Instant.EPOCH))
                  .isEqualTo(
                      Objects.requireNonNull(head.state())
                          .identity(did, AddressPolicy.dev(), Instant.EPOCH));
              assertThat(document.signingKey()).isNotNull();
              assertThat(document.pds()).isNotNull();
              assertThat(document.handle()).isNotNull();
            });
    assertThat(documents.size()).isGreaterThan(20);
  }

  @Test
  void logs_tellTheKeysOfEachTime() throws IOException {
    JsonNode logs = json("plc-audit.json");
    recordings
        .keys()
        .forEach(
            (did, keys) -> {
              PlcOperationLog log = audited(did, logs.get(did.toString()));
              keys.forEach((from, key) -> assertThat(keyAt(log, from)).isEqualTo(key));
              assertThat(log.operationAt(keys.firstKey().minusMillis(1))).isNull();
              keys.tailMap(keys.firstKey(), false)
                  .forEach(
                      (from, key) ->
                          assertThat(keyAt(log, from.minusMillis(1)))
                              .isEqualTo(before(keys, from)));
            });
  }

  private static PublicKey before(NavigableMap<Instant, PublicKey> keys, Instant time) {
    return keys.lowerEntry(time).getValue();
  }

  private static PublicKey keyAt(PlcOperationLog log, Instant time) {
    PlcOperation operation = Objects.requireNonNull(log.operationAt(time));
    return Objects.requireNonNull(Objects.requireNonNull(operation.state()).signingKey());
  }
}
