// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.identity;

import dev.atprotojava.crypto.DidKey;
import dev.atprotojava.crypto.PublicKey;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.Handle;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A store that keeps rows of text, as one in a database does, and fails when it is told to. */
final class InMemoryIdentityStore implements IdentityStore {
  record Row(
      @Nullable String handle,
      @Nullable String pds,
      @Nullable String signingKey,
      long fetchedAtMillis,
      boolean stale) {}

  final Map<Did, Row> rows = new ConcurrentHashMap<>();
  final List<String> calls = new ArrayList<>();
  boolean broken;

  /** The mark of a row that must be there. */
  boolean isStale(Did did) {
    return Objects.requireNonNull(rows.get(did)).stale();
  }

  /** Somebody else writes another key. */
  void learn(Did did, String multikey, Instant at) {
    rows.computeIfPresent(
        did,
        (key, row) ->
            new Row(row.handle(), row.pds(), "did:key:" + multikey, at.toEpochMilli(), false));
  }

  private void called(String call, Did did) {
    calls.add(call + " " + did);
    if (broken) {
      throw new IllegalStateException("disk full");
    }
  }

  @Override
  public synchronized @Nullable Stored load(Did did) {
    called("load", did);
    Row row = rows.get(did);
    if (row == null) {
      return null;
    }
    Identity identity =
        Identity.of(
            did,
            row.handle() == null ? null : Handle.parse(row.handle()),
            row.pds() == null ? null : PdsEndpoint.parse(row.pds(), AddressPolicy.publicOnly()),
            row.signingKey() == null ? null : DidKey.parse(row.signingKey()),
            Instant.ofEpochMilli(row.fetchedAtMillis()));
    return new Stored(identity, row.stale());
  }

  @Override
  public synchronized void save(Stored stored) {
    Identity identity = stored.identity();
    called("save", identity.did());
    Handle handle = identity.handle();
    PdsEndpoint pds = identity.pds();
    PublicKey key = identity.signingKey();
    rows.put(
        identity.did(),
        new Row(
            handle == null ? null : handle.toString(),
            pds == null ? null : pds.toString(),
            key == null ? null : key.toDidKey(),
            identity.fetchedAt().toEpochMilli(),
            stored.stale()));
  }

  @Override
  public synchronized void markStale(Did did) {
    called("mark", did);
    rows.computeIfPresent(
        did,
        (key, row) ->
            new Row(row.handle(), row.pds(), row.signingKey(), row.fetchedAtMillis(), true));
  }

  @Override
  public synchronized void remove(Did did) {
    called("remove", did);
    rows.remove(did);
  }
}
