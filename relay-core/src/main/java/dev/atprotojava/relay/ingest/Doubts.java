// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.ingest;

import dev.atprotojava.identity.Identity;
import dev.atprotojava.relay.account.AccountRecord;
import dev.atprotojava.relay.account.DidHash;
import dev.atprotojava.relay.upstream.HostLink;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.syntax.Did;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Accounts whose hosts told old news: an {@code #account} or {@code #identity} that came while the
 * host, having begun its numbers anew, caught up. What is true now is asked once, after that. Owned
 * by one lane.
 */
final class Doubts {
  /**
   * One account.
   *
   * @param host that told
   * @param status what was known then
   * @param identity who the account was then, if that was known
   */
  record Doubt(
      DidHash hash, Did did, HostLink host, AccountStatus status, @Nullable Identity identity) {
    /** True if an identity is another than the one that was known. */
    boolean isOther(Identity now) {
      return identity == null
          || !Objects.equals(identity.handle(), now.handle())
          || !Objects.equals(identity.pds(), now.pds())
          || !Objects.equals(identity.signingKey(), now.signingKey());
    }
  }

  private final int max;
  private final Map<HostLink, LinkedHashMap<Long, Doubt>> byHost = new HashMap<>();
  private int size;

  /** None yet, and at most so many, of some 300 bytes. */
  Doubts(int max) {
    this.max = max;
  }

  /**
   * Notes an account.
   *
   * @return false if there is no room, so that the event should pass as it is
   */
  boolean add(AccountRecord account, HostLink host, @Nullable Identity identity) {
    Map<Long, Doubt> ofHost = byHost.get(host);
    if (ofHost != null && ofHost.containsKey(account.hash().low())) {
      return true;
    }
    if (size >= max) {
      return false;
    }
    size++;
    byHost
        .computeIfAbsent(host, _ -> new LinkedHashMap<>())
        .put(
            account.hash().low(),
            new Doubt(account.hash(), account.did(), host, account.upstreamStatus(), identity));
    return true;
  }

  /** Takes out, of each host that caught up, the next few. */
  List<Doubt> due(long nowNanos, int perHost) {
    List<Doubt> due = new ArrayList<>();
    Iterator<Map.Entry<HostLink, LinkedHashMap<Long, Doubt>>> hosts = byHost.entrySet().iterator();
    while (hosts.hasNext()) {
      Map.Entry<HostLink, LinkedHashMap<Long, Doubt>> entry = hosts.next();
      if (!entry.getKey().isCatchingUp(nowNanos)) {
        Map<Long, Doubt> ofHost = entry.getValue();
        for (int i = 0; i < perHost && !ofHost.isEmpty(); i++) {
          Iterator<Doubt> first = ofHost.values().iterator();
          due.add(first.next());
          first.remove();
          size--;
        }
        if (ofHost.isEmpty()) {
          hosts.remove();
        }
      }
    }
    return due;
  }

  int size() {
    return size;
  }
}
