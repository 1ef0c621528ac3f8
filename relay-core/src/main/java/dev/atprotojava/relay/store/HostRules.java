// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.store;

import dev.atprotojava.syntax.Did;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What the operator decided about hosts, on disk (invariant 10), and what the relay has to remember
 * of them beside their streams.
 *
 * <p>What writes is only for the thread that writes, like all of {@link RelayStore}, and is durable
 * on return; what reads may wait for a disk.
 */
public interface HostRules {
  /** The rules that there are, by the number of the host. */
  Map<Integer, HostRule> all();

  /** Writes the rule of a host. */
  void put(int hostId, HostRule rule);

  /** Where a host is to go on, in an epoch of its own. */
  void moveCursor(int hostId, int epoch, long cursor, long gap);

  /** The banned domains and since when they are. */
  Map<String, Instant> domainBans();

  /** Bans a domain; nothing changes if it is banned. */
  void banDomain(String domain, Instant at);

  /** Lifts a ban; nothing changes if there is none. */
  void unbanDomain(String domain);

  /** What was decided about requestCrawl. */
  CrawlRule crawl();

  /** Writes that. */
  void putCrawl(CrawlRule rule);

  /**
   * A host that was added because a stranger asked.
   *
   * @param at when
   * @param domain the registered domain of the host
   * @param address of who asked
   */
  record Admission(Instant at, String domain, String address) {}

  /** Those that were, oldest first. */
  List<Admission> admissions();

  /** Adds one, and forgets those from before some moment. */
  void admit(Admission admission, Instant forgetBefore);

  /** How many accounts of each host wait for room, by the number of the host. */
  Map<Integer, Long> waitingCounts();

  /** The first accounts of a host that wait for room, in the order of discovery. */
  List<Did> waiting(int hostId, int limit);

  /**
   * How far a host has come on its way to {@link dev.atprotojava.relay.Posture#ENFORCE}.
   *
   * @param since when the first clean commit came
   * @param commits how many came since
   * @param updates true if one of them updated a record
   * @param deletes true if one of them deleted a record
   */
  record Ratchet(Instant since, long commits, boolean updates, boolean deletes) {}

  /** Of each host, by its number. */
  Map<Integer, Ratchet> ratchets();

  /** Writes those, and forgets all others. */
  void putRatchets(Map<Integer, Ratchet> ratchets);

  /** Forgets that of a host. */
  void forgetRatchet(int hostId);
}
