// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import dev.atprotojava.sync.RepoEvent;
import dev.atprotojava.sync.RepoOp;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** An event of a simulated network in a line: its number, who, and what. */
final class EventText {
  private EventText() {}

  static String of(RepoEvent.Sequenced event, SimulatedNetwork network) {
    SimulatedAccount account = network.find(event.did());
    String who = account == null ? event.did().toString() : account.handle().toString();
    String what =
        switch (event) {
          case RepoEvent.CommitEvent commit -> what(commit.ops());
          case RepoEvent.SyncEvent _ -> "#sync";
          case RepoEvent.IdentityEvent _ -> "#identity";
          case RepoEvent.AccountEvent status ->
              "#account " + (status.active() ? "active" : "inactive");
        };
    return event.seq() + "  " + who + "  " + what;
  }

  private static String what(List<RepoOp> ops) {
    if (ops.isEmpty()) {
      return "#commit";
    }
    RepoOp op = ops.getFirst();
    String path = new String(op.path().toByteArray(), StandardCharsets.US_ASCII);
    String more = ops.size() == 1 ? "" : " and " + (ops.size() - 1) + " more";
    return op.action().name().toLowerCase(Locale.ROOT) + " " + path + more;
  }
}
