// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.identity;

import dev.atprotojava.identity.AddressPolicy;
import dev.atprotojava.identity.PdsEndpoint;
import dev.atprotojava.identity.PlcLogEntry;
import dev.atprotojava.identity.PlcOperation;
import dev.atprotojava.identity.PlcState;
import dev.atprotojava.syntax.Did;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  private final Endpoints endpoints;
  private final Map<Did, IdentityRow> rows = new HashMap<>();
  private final Set<Did> unreadable = new HashSet<>();
  private int operations;

  ExportBatch(Endpoints endpoints) {
    this.endpoints = endpoints;
  }

  /** The servers that states name, in normal form: few, in many states. Not thread-safe. */
  static final class Endpoints {
    private static final int MAX_KNOWN = 20_000;

    private final AddressPolicy policy;
    private final Map<PlcState.Service, Optional<String>> known = new HashMap<>();

    /**
     * @param policy which servers an identity may name
     */
    Endpoints(AddressPolicy policy) {
      this.policy = policy;
    }

    @Nullable String of(PlcState state) {
      PlcState.Service service = state.services().get("atproto_pds");
      if (service == null) {
        return null;
      }
      if (known.size() >= MAX_KNOWN) {
        known.clear();
      }
      return known
          .computeIfAbsent(
              service, any -> Optional.ofNullable(state.pds(policy)).map(PdsEndpoint::toString))
          .orElse(null);
    }
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
              : IdentityRow.of(entry.did(), state, endpoints.of(state), at));
    }
  }

  /** How many operations were added. */
  int operations() {
    return operations;
  }

  /** As the bytes compare that they stand for: the digits of base32 are behind its letters. */
  private static int compareBase32(String one, String other) {
    int at = 0;
    while (at < one.length() && at < other.length() && one.charAt(at) == other.charAt(at)) {
      at++;
    }
    return at == one.length() || at == other.length()
        ? one.length() - other.length()
        : rank(one.charAt(at)) - rank(other.charAt(at));
  }

  private static int rank(char digit) {
    return digit < 'a' ? digit + 'z' : digit;
  }

  /** In the order of the tree, so that neighbours meet the same page. */
  Outcome mergeInto(IdentityTable table) throws SQLException {
    List<IdentityRow> sorted = new ArrayList<>(rows.values());
    sorted.sort(Comparator.comparing(row -> row.did().toString(), ExportBatch::compareBase32));
    List<Did> changed = new ArrayList<>();
    int doubted = 0;
    for (IdentityRow each : sorted) {
      switch (table.merge(each, false)) {
        case CHANGED -> changed.add(each.did());
        case DOUBTED -> {
          changed.add(each.did());
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
