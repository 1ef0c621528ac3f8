// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.cid.Cid;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.RecordPath;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Whoever takes verified events, and does with each what may be done twice. */
final class Consumer {
  private final Map<Did, Map<RecordPath, Cid>> tables = new HashMap<>();
  private final Map<Did, AccountStatus> statuses = new HashMap<>();
  final List<VerifiedEvent> taken = new ArrayList<>();

  void take(VerifiedEvent event) {
    taken.add(event);
    switch (event) {
      case VerifiedEvent.Created created -> {
        assertThat(Cid.ofDagCbor(created.record().toByteArray())).isEqualTo(created.cid());
        table(event.did()).put(created.path(), created.cid());
      }
      case VerifiedEvent.Updated updated -> {
        assertThat(Cid.ofDagCbor(updated.record().toByteArray())).isEqualTo(updated.cid());
        table(event.did()).put(updated.path(), updated.cid());
      }
      case VerifiedEvent.Deleted deleted -> table(event.did()).remove(deleted.path());
      case VerifiedEvent.Synchronized fetched -> {}
      case VerifiedEvent.IdentityChanged changed -> {}
      case VerifiedEvent.StatusChanged changed -> {
        statuses.put(event.did(), changed.status());
        if (changed.status() == AccountStatus.DELETED) {
          tables.remove(event.did());
        }
      }
    }
  }

  Map<RecordPath, Cid> table(Did did) {
    return tables.computeIfAbsent(did, each -> new TreeMap<>());
  }

  AccountStatus status(Did did) {
    return statuses.getOrDefault(did, AccountStatus.ACTIVE);
  }
}
