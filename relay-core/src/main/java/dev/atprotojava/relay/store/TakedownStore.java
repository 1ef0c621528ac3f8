// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.store;

import dev.atprotojava.relay.account.AccountRecord;
import dev.atprotojava.relay.account.DidHash;
import dev.atprotojava.relay.account.LocalStatus;
import dev.atprotojava.syntax.Did;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What operators decided about accounts. It stands in the store alone, so all writing is durable on
 * return (invariant 10) and belongs to the thread that writes; reading is for any thread that may
 * block on a disk.
 *
 * <p>A decision is made here first, and then the account's lane acts by it, which the log and so
 * the account's row tell later. A start finds those of which it did not come to that.
 */
public interface TakedownStore {
  /**
   * A takedown.
   *
   * @param id rises in the order in which accounts were first taken down
   * @param at when that was decided
   * @param before what the relay had decided of the account before
   * @param eraseAt when its content is to be erased from the log
   * @param erased true if that was done
   * @param lifted true if the account was let back, and is here only until that is certain
   */
  record Takedown(
      long id,
      Did did,
      Instant at,
      LocalStatus before,
      Instant eraseAt,
      boolean erased,
      boolean lifted) {}

  /**
   * What is to be erased now.
   *
   * @param takedowns the decisions
   * @param upToSeq where the log was, or later, when the lanes had acted by all of them; the
   *     accounts in the store reflect it, durably
   */
  record Due(List<Takedown> takedowns, long upToSeq) {}

  /**
   * Takes an account down. One that is down already stays so; its content is erased at the earlier
   * of both times. Makes the account's row where the log is to make it a moment later, so that a
   * decision never stands alone.
   */
  void put(AccountRecord account, Instant at, Instant eraseAt);

  /** Lets an account back. */
  void lift(DidHash hash);

  /** The takedown of an account, or null if there is none; one that was lifted may be there. */
  @Nullable Takedown find(DidHash hash);

  /** Those in force with numbers above {@code afterId}, in order, at most {@code limit}. */
  List<Takedown> list(long afterId, int limit);

  /** The first halves of the hashes of all that are in force. */
  List<Long> hashesInForce();

  /** The next time at which something is to be erased; null if nothing is. */
  @Nullable Instant nextErasure();

  /**
   * The takedowns, lifted or not, of accounts whose rows tell another thing; those that were lifted
   * and whose rows tell it are forgotten. For a start, when the accounts reflect the whole log.
   */
  List<Takedown> settle();

  /**
   * What is to be erased now, of takedowns that the accounts in the store reflect. These accounts
   * are durable on return: what the log lost could not be told by it again.
   */
  Due beginErasure(Instant now);

  /** Writes that the content of takedowns is erased, of those that are in force still. */
  void erased(List<Takedown> takedowns);
}
