// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.log;

import dev.atprotojava.relay.EventKind;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * The accounts whose content no reader of the log gets (RL-14, RL-70): those that an operator took
 * down, all of it; and those that were let back after some of it was erased, up to there, so that
 * memory does not tell what the files do not have any more.
 *
 * <p>An account is known by the first half of the hash of its DID, as in a record. Two that share
 * it by chance would be hidden together, but the store has room for one of them only. Content is
 * {@code #commit} and {@code #sync}: {@code #identity} and {@code #account} go on (RL-71).
 *
 * <p>Thread-safe. Readers look at each record without a lock; a change is seen by whoever looks
 * after it returned.
 */
public final class HiddenAccounts {
  private static final long EVERYTHING = Long.MAX_VALUE;

  /** Open addressing, at most half full; a place with 0 in {@code upTo} is free. */
  private static final class Table {
    final long[] hashes;
    final long[] upTo;

    Table(Map<Long, Long> accounts) {
      int places = Integer.highestOneBit(Math.max(1, accounts.size())) * 4;
      hashes = new long[places];
      upTo = new long[places];
      accounts.forEach(this::put);
    }

    private void put(long hash, long seq) {
      int place = placeOf(hash);
      hashes[place] = hash;
      upTo[place] = seq;
    }

    /** Where a hash is, or would be. */
    int placeOf(long hash) {
      int mask = hashes.length - 1;
      int place = (int) hash & mask;
      while (upTo[place] != 0 && hashes[place] != hash) {
        place = place + 1 & mask;
      }
      return place;
    }

    long upTo(long hash) {
      return upTo[placeOf(hash)];
    }
  }

  private final Map<Long, Long> accounts = new HashMap<>(); // guarded by this
  private volatile Table table = new Table(Map.of());
  private volatile boolean empty = true;

  HiddenAccounts() {}

  /** Hides the content of accounts, whatever its number is or will be. */
  public synchronized void hideAll(Collection<Long> didHashes) {
    didHashes.forEach(hash -> accounts.put(hash, EVERYTHING));
    publish();
  }

  /** Hides the content of an account, whatever its number is or will be. */
  public synchronized void hide(long didHash) {
    accounts.put(didHash, EVERYTHING);
    publish();
  }

  /** Shows the content of an account again but for that up to a number; 0 for all of it. */
  public synchronized void showAfter(long didHash, long seq) {
    if (seq > 0) {
      accounts.put(didHash, seq);
    } else {
      accounts.remove(didHash);
    }
    publish();
  }

  private void publish() {
    table = new Table(accounts);
    empty = accounts.isEmpty();
  }

  /** True if all content of an account is hidden. */
  public boolean contains(long didHash) {
    return table.upTo(didHash) == EVERYTHING;
  }

  /** True if no reader gets the record at {@code at}: it is hidden, or was erased. */
  boolean covers(ByteBuffer in, int at) {
    if ((in.get(at + RecordLayout.FLAGS) & RecordLayout.FLAG_ERASED) != 0) {
      return true;
    }
    return !empty
        && isContent(in, at)
        && RecordLayout.seqAt(in, at) <= table.upTo(in.getLong(at + RecordLayout.DID_HASH));
  }

  /** True if the record at {@code at} is what a takedown hides. */
  static boolean isContent(ByteBuffer in, int at) {
    int kind = in.get(at + RecordLayout.KIND);
    return kind == EventKind.COMMIT.code() || kind == EventKind.SYNC.code();
  }

  /** The number of accounts, for tests and reports. */
  public int size() {
    return (int) Arrays.stream(table.upTo).filter(seq -> seq == EVERYTHING).count();
  }
}
