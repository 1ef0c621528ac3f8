// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.identity;

import dev.atprotojava.identity.AddressPolicy;
import dev.atprotojava.identity.PlcLogEntry;
import dev.atprotojava.identity.PlcOperation;
import dev.atprotojava.identity.PlcState;
import dev.atprotojava.syntax.Did;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a stretch of a PLC directory's log says in the end: of each DID the newest operation that
 * was not taken back. Not thread-safe.
 *
 * <p>The directory is believed: signatures are not verified here (ID-74), as they are not of the
 * documents that it sends.
 */
final class ExportBatch {
  /**
   * What became of it.
   *
   * @param changed the DIDs of which the store says something else than before
   * @param doubted how many are to be asked for, since two that are almost of one time disagree
   */
  record Outcome(List<Did> changed, int doubted) {}

  /** A row and where its tree has it. */
  private record Placed(byte @Nullable [] key, IdentityRow row) {}

  private final AddressPolicy policy;
  private final Map<Did, IdentityRow> rows = new HashMap<>();
  private final Set<Did> unreadable = new HashSet<>();
  private int operations;

  /**
   * @param policy which servers an identity may name
   */
  ExportBatch(AddressPolicy policy) {
    this.policy = policy;
  }

  void add(PlcLogEntry entry) {
    operations++;
    if (Boolean.TRUE.equals(entry.nullified()) || !entry.did().isPlc()) {
      return;
    }
    PlcOperation operation = entry.operation();
    if (operation == null) {
      unreadable.add(entry.did()); // it may mean anything: the directory must say what
      return;
    }
    long at = entry.createdAt().toEpochMilli();
    IdentityRow known = rows.get(entry.did());
    if (known == null || at >= known.atMillis()) {
      PlcState state = operation.state();
      rows.put(
          entry.did(),
          state == null
              ? IdentityRow.gone(entry.did(), at)
              : IdentityRow.of(state.identity(entry.did(), policy, entry.createdAt()), false));
    }
  }

  /** How many operations were added. */
  int operations() {
    return operations;
  }

  /** In the order of the tree, so that neighbours meet the same page. */
  Outcome mergeInto(IdentityTable table) throws SQLException {
    List<Placed> placed = new ArrayList<>(rows.size());
    rows.values().forEach(row -> placed.add(new Placed(IdentityTable.key(row.did()), row)));
    placed.sort((a, b) -> Arrays.compareUnsigned(a.key(), b.key()));
    List<Did> changed = new ArrayList<>();
    int doubted = 0;
    for (Placed each : placed) {
      switch (table.merge(each.row(), false)) {
        case CHANGED -> changed.add(each.row().did());
        case DOUBTED -> {
          changed.add(each.row().did());
          doubted++;
        }
        case SAME, OLDER -> {}
      }
    }
    for (Did did : unreadable) {
      table.doubt(did);
      changed.add(did);
      doubted++;
    }
    return new Outcome(changed, doubted);
  }
}
