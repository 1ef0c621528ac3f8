// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.cbor.DataModelJson;
import dev.atprotojava.crypto.SigningKey;
import dev.atprotojava.syntax.AtDatetime;
import dev.atprotojava.syntax.Did;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes the log of a DID with real signatures, and with nobody to stop it from writing what no
 * directory would take. The clock begins at {@link #START} and stands still unless moved.
 */
final class PlcLogWriter {
  static final Instant START = Instant.parse("2030-01-01T00:00:00.000Z");

  private final List<PlcLogEntry> entries = new ArrayList<>();
  private Instant now = START;

  // Making a key takes as long as a signature.
  private static final ConcurrentMap<Integer, SigningKey> KEYS = new ConcurrentHashMap<>();

  /** A rotation key; those of odd numbers are P-256. */
  static SigningKey key(int number) {
    return KEYS.computeIfAbsent(number, PlcLogWriter::makeKey);
  }

  private static SigningKey makeKey(int number) {
    byte[] secret = new byte[SigningKey.SECRET_LENGTH];
    Arrays.fill(secret, (byte) (number + 1));
    return number % 2 == 0 ? SigningKey.parseK256(secret) : SigningKey.parseP256(secret);
  }

  static String didKey(int number) {
    return key(number).publicKey().toDidKey();
  }

  /** A state with these rotation keys; the signing key is that of the number 100. */
  static PlcState state(String handle, int... rotationKeys) {
    return new PlcState(
        Arrays.stream(rotationKeys).mapToObj(PlcLogWriter::didKey).toList(),
        Map.of("atproto", didKey(100)),
        List.of("at://" + handle),
        Map.of(
            "atproto_pds",
            new PlcState.Service("AtprotoPersonalDataServer", "https://pds.example.com")));
  }

  static PlcOperation.Regular regular(int signer, PlcState state, @Nullable PlcOperation prev) {
    String cid = prev == null ? null : prev.cid().toString();
    return new PlcOperation.Regular(
        state, cid, sign(signer, new PlcOperation.Regular(state, cid, "")));
  }

  static PlcOperation.Tombstone tombstone(int signer, PlcOperation prev) {
    String cid = prev.cid().toString();
    return new PlcOperation.Tombstone(cid, sign(signer, new PlcOperation.Tombstone(cid, "")));
  }

  /**
   * A first operation in the old form, whose signing key is of one number and recovery of another.
   */
  static PlcOperation.LegacyCreate create(
      int signer, int signing, int recovery, String handle, String service) {
    PlcOperation.LegacyCreate unsigned =
        new PlcOperation.LegacyCreate(didKey(signing), didKey(recovery), handle, service, "");
    return new PlcOperation.LegacyCreate(
        didKey(signing), didKey(recovery), handle, service, sign(signer, unsigned));
  }

  static String sign(int signer, PlcOperation unsigned) {
    return PlcSignature.encode(key(signer).sign(unsigned.unsignedBytes().toByteArray()).toBytes());
  }

  PlcLogWriter after(Duration time) {
    now = now.plus(time);
    return this;
  }

  /** Adds an operation, a second later than what was added before. */
  PlcLogWriter add(PlcOperation operation) {
    if (!entries.isEmpty() && entries.get(entries.size() - 1).createdAt().equals(now)) {
      now = now.plusSeconds(1);
    }
    return addRow(new PlcLogEntry(did(operation), operation, operation.cid(), null, now, null));
  }

  PlcLogWriter addRow(PlcLogEntry entry) {
    entries.add(entry);
    return this;
  }

  /** Says of each row, in order, whether it was nullified. */
  PlcLogWriter flags(Boolean... nullified) {
    for (int i = 0; i < nullified.length; i++) {
      PlcLogEntry entry = entries.get(i);
      entries.set(
          i,
          new PlcLogEntry(
              entry.did(), entry.operation(), entry.cid(), nullified[i], entry.createdAt(), null));
    }
    return this;
  }

  private Did did(PlcOperation operation) {
    return entries.isEmpty() ? operation.genesisDid() : entries.get(0).did();
  }

  /** A row as a directory sends it. */
  static String json(PlcLogEntry entry) {
    String more =
        (entry.nullified() == null ? "" : ",\"nullified\":" + entry.nullified())
            + (entry.seq() == null ? "" : ",\"type\":\"sequenced_op\",\"seq\":" + entry.seq());
    return "{\"did\":\"%s\",\"operation\":%s,\"cid\":\"%s\",\"createdAt\":\"%s\"%s}"
        .formatted(
            entry.did(),
            json(Objects.requireNonNull(entry.operation())),
            entry.cid(),
            AtDatetime.format(entry.createdAt()),
            more);
  }

  /** An operation as a directory sends it: its signed bytes, as JSON. */
  static String json(PlcOperation operation) {
    return DataModelJson.print(CborValue.decode(operation.signedBytes()));
  }

  List<PlcLogEntry> entries() {
    return entries;
  }

  PlcAudit audit() {
    return PlcAudit.of(entries.get(0).did(), entries);
  }
}
