// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.store;

import dev.atprotojava.relay.account.AccountRecord;
import dev.atprotojava.relay.account.DidHash;
import dev.atprotojava.sync.HostStatus;
import dev.atprotojava.syntax.Did;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Hosts and accounts on disk.
 *
 * <p>Two kinds of writing: {@link #flush} follows the log, lazily, and may be lost by a power
 * failure, since the log has it; everything else is an operator's or a host's matter that the log
 * does not have, and is on disk when the call returns. All writing belongs to one thread; reading
 * is for any thread that may block on a disk, which lanes and I/O threads may not.
 */
public interface RelayStore extends AutoCloseable {
  /**
   * What a flush writes, in one transaction.
   *
   * @param accounts the newest state of each account that changed
   * @param desynchronized accounts of which events were lost
   * @param cursors how far each host has come
   * @param appliedSeq the last number of the log that the accounts reflect
   * @param replayFrom the number from which on the log may hold events above a host's cursor
   */
  record Flush(
      Collection<AccountRecord> accounts,
      Collection<Desynchronized> desynchronized,
      Collection<HostCursorRow> cursors,
      long appliedSeq,
      long replayFrom) {}

  /**
   * How far a host has come.
   *
   * @param hostId the host
   * @param epoch of its numbers
   * @param cursor the number up to which everything is durable or dropped
   * @param gap where the log was when events of it were missing, last; 0 if none ever were
   */
  record HostCursorRow(int hostId, int epoch, long cursor, long gap) {}

  /**
   * An account of which events were lost here.
   *
   * @param hash of its DID
   * @param position where the log was then: what happened to the account later counts, not this
   */
  record Desynchronized(DidHash hash, long position) {}

  /** The key that DIDs are hashed with, made when the store was. */
  DidHash.Key didKey();

  /** The last number of the log that the accounts reflect. */
  long appliedSeq();

  /** The number from which on the log may hold events above a host's stored cursor. */
  long replayFrom();

  /** The highest account number in use. */
  long lastUid();

  /** Writes what followed from the log. */
  void flush(Flush flush);

  /** All hosts. */
  List<HostRow> hosts();

  /** Adds a host that is not there, at the beginning of its stream; durable on return. */
  HostRow createHost(String hostname, boolean secure, Instant now);

  /** What the operator decided about hosts. */
  HostRules hostRules();

  /** Adds a host that is not there, which is joined at whatever it says next; durable on return. */
  HostRow createLiveHost(String hostname, boolean secure, Instant now);

  /**
   * Writes where a host was joined; durable on return.
   *
   * @param cursor the number below its first
   * @param gap where the log was then, since what came before is missing
   */
  void joinHost(int hostId, long cursor, long gap);

  /** Writes how the relay stands to a host; durable on return. */
  void updateHostStatus(int hostId, HostStatus status, String reason, Instant now);

  /** An account by its DID, or null if it is not there. */
  @Nullable AccountRecord findAccount(DidHash hash, Did did);

  /** Accounts with numbers above {@code afterUid}, in order, at most {@code limit}. */
  List<AccountRecord> listAccounts(long afterUid, int limit);

  /** The number of accounts on a host. */
  long countAccounts(int hostId);

  /** The number of accounts on each host, by the host's number. */
  Map<Integer, Long> accountCounts();

  /**
   * An entry of the trail, and its number.
   *
   * @param id rises
   */
  record Audited(long id, AuditEntry entry) {}

  /**
   * Does several of the durable things below as one: all of them, or none. Only for the thread that
   * writes.
   */
  <T> T atomically(Supplier<T> decision);

  /** Adds to the trail of what administrators did; durable on return. */
  void audit(AuditEntry entry);

  /** The newest entries with numbers below {@code before}, newest first, at most {@code limit}. */
  List<Audited> auditTrail(long before, int limit);

  /** What operators decided about accounts. */
  TakedownStore takedowns();

  @Override
  void close();
}
