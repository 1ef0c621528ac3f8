// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay;

import dev.atprotojava.relay.store.AuditEntry;
import dev.atprotojava.relay.store.RelayStore;
import dev.atprotojava.relay.store.StoreWriter;
import java.time.InstantSource;
import java.util.List;

/**
 * What administrators did: who, what, when, and how it was before and after. Kept as long as the
 * store. Thread-safe; both methods wait for a disk.
 */
public final class AuditTrail {
  private final RelayStore store;
  private final StoreWriter writer;
  private final InstantSource clock;

  AuditTrail(RelayStore store, StoreWriter writer, InstantSource clock) {
    this.store = store;
    this.writer = writer;
    this.clock = clock;
  }

  /**
   * Adds an entry, for what was done and is nowhere in the store; a decision that the store keeps
   * is written together with its entry instead. Durable on return.
   *
   * @param actor the name of the administrator's key
   * @param action what was done, such as {@code consumer.disconnect}
   * @param subject to whom
   * @param before how it was; may be empty
   * @param after how it is; may be empty
   */
  public void add(String actor, String action, String subject, String before, String after) {
    AuditEntry entry = new AuditEntry(clock.instant(), actor, action, subject, before, after);
    StoreWriter.await(
        writer.submit(
            db -> {
              db.audit(entry);
              return entry;
            }));
  }

  /** The newest entries with numbers below {@code before}, newest first, at most {@code limit}. */
  public List<RelayStore.Audited> newest(long before, int limit) {
    return store.auditTrail(before, limit);
  }
}
