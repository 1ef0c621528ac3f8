// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.store;

import dev.atprotojava.car.CarReader;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.relay.RelayException;
import dev.atprotojava.relay.account.AccountRecord;
import dev.atprotojava.relay.account.DidHash;
import dev.atprotojava.relay.log.LogReplay;
import dev.atprotojava.relay.log.RecordHeader;
import dev.atprotojava.relay.log.SegmentedEventLog;
import dev.atprotojava.repo.RepoCommit;
import dev.atprotojava.sync.Frame;
import dev.atprotojava.sync.FrameCodec;
import dev.atprotojava.sync.RepoEvent;
import dev.atprotojava.sync.RepoState;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Brings the store up to the log at the start, and finds what hosts may send again.
 *
 * <p>The store is flushed every few seconds, so after a crash the log is ahead. Its tail has all
 * that is needed: what each event made of its account is in the record or in the frame. And since a
 * host's stored cursor is behind too, the host will send again what the log already has; the
 * numbers of those events are collected, because an {@code #identity} or {@code #account} could not
 * be told from a new one otherwise (invariant 1).
 *
 * <p>Nothing is erased from the log before the store has it; but a store may have been restored
 * from an older backup. What was erased since is passed over: its account was taken down then, and
 * where its next commit begins is not held against it.
 */
public final class StoreRecovery {
  private static final int MAX_GATHERED = 20_000;

  private final RelayStore store;
  private final FrameCodec codec = new FrameCodec();
  private final Map<Long, AccountRecord> changed = new LinkedHashMap<>();
  private final Map<Integer, HostRow> hosts = new HashMap<>();
  private final Map<Integer, Numbers> replayed = new HashMap<>();
  private final long appliedSeq;
  private long uid;
  private long events;

  /** Rising numbers. */
  private static final class Numbers {
    private long[] values = new long[64];
    private int count;

    void add(long value) {
      if (count == values.length) {
        values = Arrays.copyOf(values, count * 2);
      }
      values[count++] = value;
    }

    long[] sorted() {
      long[] sorted = Arrays.copyOf(values, count);
      Arrays.sort(sorted);
      return sorted;
    }
  }

  private StoreRecovery(RelayStore store) {
    this.store = store;
    this.appliedSeq = store.appliedSeq();
    this.uid = store.lastUid();
  }

  /**
   * What a start needs to know.
   *
   * @param lastUid the highest number of an account
   * @param appliedEvents how many events the store did not have
   * @param replayedFloor the number in the log from which on events of {@code hosts} were looked
   *     for
   * @param hosts by their numbers, those that will send again what the log has
   */
  public record Outcome(
      long lastUid, long appliedEvents, long replayedFloor, Map<Integer, Replayed> hosts) {
    /** The numbers of a host's events that are in the log already. */
    public long[] replayed(int hostId) {
      Replayed known = hosts.get(hostId);
      return known == null ? new long[0] : known.numbers();
    }
  }

  /** The numbers of one host's events that are in the log though its cursor is below them. */
  public static final class Replayed {
    private final long[] numbers;

    Replayed(long[] numbers) {
      this.numbers = numbers;
    }

    long[] numbers() {
      return numbers.clone();
    }
  }

  /**
   * Runs.
   *
   * @param hostRows the hosts with their cursors, those of an epoch that is over already set back
   */
  public static Outcome run(SegmentedEventLog log, RelayStore store, List<HostRow> hostRows) {
    if (store.appliedSeq() >= log.nextSeq()) {
      throw RelayException.refused(
          "the database is ahead of the event log (it knows event "
              + store.appliedSeq()
              + ", the log goes to "
              + (log.nextSeq() - 1)
              + "). Restore the log that belongs to it, or start a new log with"
              + " RELAY_INITIAL_SEQ_NUMBER above that and a new database.");
    }
    StoreRecovery recovery = new StoreRecovery(store);
    hostRows.forEach(host -> recovery.hosts.put(host.id(), host));
    long from = Math.min(store.appliedSeq() + 1, Math.max(1, store.replayFrom()));
    long[] last = {store.appliedSeq()};
    LogReplay.run(
        log,
        from,
        (header, frame) -> {
          recovery.record(header, frame);
          last[0] = Math.max(last[0], header.seq());
          if (recovery.changed.size() >= MAX_GATHERED) {
            recovery.flush(header.seq());
          }
        });
    recovery.flush(last[0]);
    Map<Integer, Replayed> known = new HashMap<>();
    recovery.replayed.forEach((host, numbers) -> known.put(host, new Replayed(numbers.sorted())));
    return new Outcome(recovery.uid, recovery.events, from, known);
  }

  private void record(RecordHeader header, Bytes frame) {
    HostRow host = hosts.get(header.hostId());
    if (host != null && header.epoch() == host.epoch() && header.upstreamSeq() > host.cursor()) {
      replayed.computeIfAbsent(host.id(), _ -> new Numbers()).add(header.upstreamSeq());
    }
    if (header.seq() > appliedSeq && !header.erased()) {
      apply(header, frame);
      events++;
    }
  }

  private void apply(RecordHeader header, Bytes frame) {
    if (!(codec.decode(frame) instanceof Frame.Message(RepoEvent.Sequenced event))) {
      throw RelayException.fatal("event " + header.seq() + " of the log is no event");
    }
    DidHash hash = store.didKey().hash(event.did());
    AccountRecord before = changed.get(hash.low());
    if (before == null) {
      before = store.findAccount(hash, event.did());
    }
    if (before != null && event instanceof RepoEvent.IdentityEvent) {
      changed.put(hash.low(), before.withSeen(header.seq()));
      return;
    }
    if (before == null && header.hostId() == 0) {
      return; // the relay's own word of an account whose other events were erased
    }
    int host = header.hostId() == 0 && before != null ? before.hostId() : header.hostId();
    changed.put(
        hash.low(),
        new AccountRecord(
            before == null ? ++uid : before.uid(),
            event.did(),
            hash,
            host,
            header.upstreamStatus(),
            header.localStatus(),
            isProven(header, event, before),
            repo(event, before),
            header.seq()));
  }

  /** What a commit left; other events do not change it. */
  private static boolean isProven(
      RecordHeader header, RepoEvent.Sequenced event, @Nullable AccountRecord before) {
    return switch (event) {
      case RepoEvent.CommitEvent _, RepoEvent.SyncEvent _ -> !header.waived();
      case RepoEvent.IdentityEvent _, RepoEvent.AccountEvent _ -> before == null || before.proven();
    };
  }

  private static @Nullable RepoState repo(
      RepoEvent.Sequenced event, @Nullable AccountRecord before) {
    return switch (event) {
      case RepoEvent.CommitEvent commit -> read(commit.blocks());
      case RepoEvent.SyncEvent sync -> read(sync.blocks());
      case RepoEvent.IdentityEvent _, RepoEvent.AccountEvent _ ->
          before == null ? null : before.repo();
    };
  }

  /** The state that a commit leaves; it was verified before it was written. */
  private static RepoState read(Bytes blocks) {
    CarReader car = new CarReader().reset(blocks);
    Cid root = car.root(0);
    while (car.next()) {
      if (car.cid().equals(root)) {
        RepoCommit commit = RepoCommit.decode(car.data());
        return new RepoState(commit.rev(), commit.data(), root);
      }
    }
    throw RelayException.fatal("a commit of the log has no commit block");
  }

  private void flush(long seq) {
    if (seq > store.appliedSeq()) {
      store.flush(
          new RelayStore.Flush(changed.values(), List.of(), List.of(), seq, store.replayFrom()));
      changed.clear();
    }
  }
}
