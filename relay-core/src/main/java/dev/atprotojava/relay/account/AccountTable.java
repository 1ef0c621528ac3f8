// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.account;

import dev.atprotojava.cid.Cid;
import dev.atprotojava.cid.CidCodec;
import dev.atprotojava.sync.RepoState;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.Tid;
import org.jspecify.annotations.Nullable;

/**
 * The accounts that a lane has in memory: an open table of packed entries of {@value #ENTRY_BYTES}
 * bytes, with a bound.
 *
 * <p>An entry whose newest state the store does not have yet is never evicted (invariant 9): {@link
 * #put} takes the ordinal of the event that made the state, and eviction spares what is above the
 * ordinal that the store has reached. When all entries are like that the table is full.
 *
 * <p>Owned by one lane; not thread-safe.
 */
public final class AccountTable {
  /** What a place in the table takes; at most three of four places are in use. */
  static final int ENTRY_BYTES = 8 + 8 + 8 + 4 + 4 + 8 + 8 + 8 + 64 + 8 + 8;

  private static final int FLAG_USED = 1;
  private static final int FLAG_PROVEN = 2;
  private static final int FLAG_REPO = 4;
  private static final int FLAG_TOUCHED = 8;

  private final int maxEntries;
  private int size;
  private int hand; // where the clock of the eviction stands

  private long[] low;
  private long[] high;
  private long[] uid;
  private int[] host;
  private int[] flags; // low byte flags, next byte status
  private long[] rev;
  private long[] seen;
  private long[] ordinal;
  private byte[] digests; // 32 of data, 32 of the commit
  private final Allowance repeats = new Allowance();
  private final Allowance breaks = new Allowance();

  /** A table of at most this many bytes. */
  public AccountTable(long maxBytes) {
    int maxCapacity = Integer.highestOneBit((int) Math.min(1 << 24, maxBytes / ENTRY_BYTES));
    this.maxEntries = Math.max(96, maxCapacity / 4 * 3);
    int capacity = 128;
    low = new long[capacity];
    high = new long[capacity];
    uid = new long[capacity];
    host = new int[capacity];
    flags = new int[capacity];
    rev = new long[capacity];
    seen = new long[capacity];
    ordinal = new long[capacity];
    digests = new byte[capacity * 64];
    repeats.resize(capacity);
    breaks.resize(capacity);
  }

  /** The most entries there can be. */
  public int maxEntries() {
    return maxEntries;
  }

  /** The number of entries. */
  public int size() {
    return size;
  }

  /** The account with this DID, or null if it is not in memory. */
  public @Nullable AccountRecord find(DidHash hash, Did did) {
    int slot = slotOf(hash);
    if (slot < 0) {
      return null;
    }
    flags[slot] |= FLAG_TOUCHED;
    int status = flags[slot] >>> 8;
    return new AccountRecord(
        uid[slot],
        did,
        hash,
        host[slot],
        StatusByte.upstream(status),
        StatusByte.local(status),
        (flags[slot] & FLAG_PROVEN) != 0,
        repo(slot),
        seen[slot]);
  }

  private @Nullable RepoState repo(int slot) {
    if ((flags[slot] & FLAG_REPO) == 0) {
      return null;
    }
    return new RepoState(
        Tid.of(rev[slot]),
        Cid.ofDigest(CidCodec.DAG_CBOR, digests, slot * 64),
        Cid.ofDigest(CidCodec.DAG_CBOR, digests, slot * 64 + 32));
  }

  /**
   * Puts the newest state of an account.
   *
   * @param eventOrdinal of the event that made it; 0 if it came from the store
   * @param applied the ordinal up to which the store has everything
   * @return false if there is no room, because the store does not have enough of the entries yet
   */
  public boolean put(AccountRecord account, long eventOrdinal, long applied) {
    int slot = slotOf(account.hash());
    if (slot < 0) {
      if (size >= maxEntries && !evict(applied)) {
        return false;
      }
      if (size >= low.length / 4 * 3) {
        grow();
      }
      slot = freeSlot(account.hash().low());
      size++;
      repeats.fill(slot);
      breaks.fill(slot);
    }
    low[slot] = account.hash().low();
    high[slot] = account.hash().high();
    uid[slot] = account.uid();
    host[slot] = account.hostId();
    seen[slot] = account.seen();
    ordinal[slot] = Math.max(ordinal[slot], eventOrdinal);
    RepoState repo = account.repo();
    int status = StatusByte.of(account.upstreamStatus(), account.localStatus()) & 0xff;
    flags[slot] =
        FLAG_USED
            | FLAG_TOUCHED
            | (account.proven() ? FLAG_PROVEN : 0)
            | (repo != null ? FLAG_REPO : 0)
            | status << 8;
    if (repo != null) {
      rev[slot] = repo.rev().value();
      repo.data().writeDigest(digests, slot * 64);
      repo.commit().writeDigest(digests, slot * 64 + 32);
    }
    return true;
  }

  /**
   * Whether an account may have one more event passed on that repeats what is known: {@code burst}
   * at once, then {@code perSecond}. An account that is not in memory may.
   */
  public boolean mayRepeat(DidHash hash, int burst, float perSecond, int nowSeconds) {
    int slot = slotOf(hash);
    return slot < 0 || repeats.take(slot, burst, perSecond, nowSeconds);
  }

  /** The same for commits that do not begin where the last one ended. */
  public boolean mayBreak(DidHash hash, int burst, float perSecond, int nowSeconds) {
    int slot = slotOf(hash);
    return slot < 0 || breaks.take(slot, burst, perSecond, nowSeconds);
  }

  /** True if an account has all its breaks again. */
  public boolean hasAllBreaks(DidHash hash, int burst, float perSecond, int nowSeconds) {
    int slot = slotOf(hash);
    return slot < 0 || breaks.tokens(slot, burst, perSecond, nowSeconds) >= burst;
  }

  private int slotOf(DidHash hash) {
    int mask = low.length - 1;
    for (int slot = (int) hash.low() & mask;
        (flags[slot] & FLAG_USED) != 0;
        slot = slot + 1 & mask) {
      if (low[slot] == hash.low() && high[slot] == hash.high()) {
        return slot;
      }
    }
    return -1;
  }

  private int freeSlot(long hash) {
    int mask = low.length - 1;
    int slot = (int) hash & mask;
    while ((flags[slot] & FLAG_USED) != 0) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  /**
   * Takes out an entry that was not looked at since the hand came by last, and that the store has.
   */
  private boolean evict(long applied) {
    int mask = low.length - 1;
    for (int steps = 2 * low.length; steps > 0; steps--) {
      int slot = hand;
      hand = hand + 1 & mask;
      if ((flags[slot] & FLAG_USED) == 0 || ordinal[slot] > applied) {
        continue;
      }
      if ((flags[slot] & FLAG_TOUCHED) != 0) {
        flags[slot] &= ~FLAG_TOUCHED;
        continue;
      }
      remove(slot);
      return true;
    }
    return false;
  }

  /** Empties a slot and moves up those behind it that would not be found any more. */
  private void remove(int slot) {
    int mask = low.length - 1;
    int hole = slot;
    for (int next = hole + 1 & mask; (flags[next] & FLAG_USED) != 0; next = next + 1 & mask) {
      int home = (int) low[next] & mask;
      if ((next - home & mask) >= (next - hole & mask)) {
        move(next, hole);
        hole = next;
      }
    }
    flags[hole] = 0;
    ordinal[hole] = 0;
    size--;
  }

  private void move(int from, int to) {
    low[to] = low[from];
    high[to] = high[from];
    uid[to] = uid[from];
    host[to] = host[from];
    flags[to] = flags[from];
    rev[to] = rev[from];
    seen[to] = seen[from];
    ordinal[to] = ordinal[from];
    System.arraycopy(digests, from * 64, digests, to * 64, 64);
    repeats.move(from, to);
    breaks.move(from, to);
  }

  private void grow() {
    int capacity = low.length;
    long[] oldLow = low;
    long[] oldHigh = high;
    long[] oldUid = uid;
    int[] oldHost = host;
    int[] oldFlags = flags;
    long[] oldRev = rev;
    long[] oldSeen = seen;
    long[] oldOrdinal = ordinal;
    byte[] oldDigests = digests;
    Allowance oldRepeats = repeats.copy();
    Allowance oldBreaks = breaks.copy();
    int doubled = capacity * 2;
    low = new long[doubled];
    high = new long[doubled];
    uid = new long[doubled];
    host = new int[doubled];
    flags = new int[doubled];
    rev = new long[doubled];
    seen = new long[doubled];
    ordinal = new long[doubled];
    digests = new byte[doubled * 64];
    repeats.resize(doubled);
    breaks.resize(doubled);
    for (int from = 0; from < capacity; from++) {
      if ((oldFlags[from] & FLAG_USED) != 0) {
        int to = freeSlot(oldLow[from]);
        low[to] = oldLow[from];
        high[to] = oldHigh[from];
        uid[to] = oldUid[from];
        host[to] = oldHost[from];
        flags[to] = oldFlags[from];
        rev[to] = oldRev[from];
        seen[to] = oldSeen[from];
        ordinal[to] = oldOrdinal[from];
        System.arraycopy(oldDigests, from * 64, digests, to * 64, 64);
        repeats.copyFrom(oldRepeats, from, to);
        breaks.copyFrom(oldBreaks, from, to);
      }
    }
    hand = 0;
  }
}
