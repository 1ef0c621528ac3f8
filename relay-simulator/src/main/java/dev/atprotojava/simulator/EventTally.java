// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import dev.atprotojava.sync.Frame;
import dev.atprotojava.sync.FrameCodec;
import dev.atprotojava.sync.FrameException;
import dev.atprotojava.sync.RepoEvent;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts the events of a {@link Recording} as they come out of a relay: each once, under rising
 * numbers, those of one account in their order. The table of fingerprints is of primitive numbers:
 * at full speed it is asked tens of thousands of times a second beside what it measures.
 *
 * <p>{@link #receive} belongs to one thread, {@link #release} to another; the numbers may be read
 * by any.
 */
final class EventTally {
  private final Recording recording;
  private final LongSupplier nanoClock;
  private final int expected;
  private final FrameCodec codec = new FrameCodec();
  private final Fingerprint fingerprint = new Fingerprint();
  private final int[] table; // event + 1 by fingerprint; 0 is free
  private final BitSet seen = new BitSet();
  private final int[] lastOfAccount;
  private final AtomicLongArray releasedAt;
  private final AtomicInteger received = new AtomicInteger();
  private final Map<Problem, Integer> problems = new ConcurrentHashMap<>();
  private final LatencyHistogram latency = new LatencyHistogram();
  private long lastSeq;

  /** What may be wrong with an event that comes out. */
  enum Problem {
    /** Not one that was sent, byte for byte. */
    UNKNOWN,
    /** For the second time. */
    REPEATED,
    /** Under a number that is not above the one before. */
    SEQ_NOT_RISING,
    /** After a later one of its account. */
    ACCOUNT_OUT_OF_ORDER
  }

  /**
   * A tally.
   *
   * @param expected how many events will be sent, the first of the recording
   */
  EventTally(Recording recording, int expected, LongSupplier nanoClock) {
    this.recording = recording;
    this.nanoClock = nanoClock;
    this.expected = expected;
    this.table = new int[Integer.highestOneBit(Math.max(16, expected)) * 4];
    this.lastOfAccount = new int[recording.plan().accounts()];
    Arrays.fill(lastOfAccount, -1);
    this.releasedAt = new AtomicLongArray(expected);
    for (int event = 0; event < expected; event++) {
      int place = place(recording.fingerprint(event));
      while (table[place] != 0) {
        place = place + 1 & table.length - 1;
      }
      table[place] = event + 1;
    }
  }

  private int place(long key) {
    return (int) (key ^ key >>> 32) & table.length - 1;
  }

  private int find(long key) {
    for (int place = place(key); table[place] != 0; place = place + 1 & table.length - 1) {
      int event = table[place] - 1;
      if (recording.fingerprint(event) == key) {
        return event;
      }
    }
    return -1;
  }

  /** Notes when an event was let go, from which moment its latency counts. */
  void release(int event) {
    releasedAt.setRelease(event, nanoClock.getAsLong());
  }

  /** Takes a message of the firehose. */
  void receive(StreamMessage message) {
    RepoEvent.Sequenced event = event(message);
    int number = event == null ? -1 : find(fingerprint.of(event.source()));
    if (event == null || number < 0) {
      count(Problem.UNKNOWN);
      return;
    }
    if (seen.get(number)) {
      count(Problem.REPEATED);
      return;
    }
    seen.set(number);
    if (event.seq() <= lastSeq) {
      count(Problem.SEQ_NOT_RISING);
    }
    lastSeq = event.seq();
    int account = recording.account(number);
    if (lastOfAccount[account] > number) {
      count(Problem.ACCOUNT_OUT_OF_ORDER);
    }
    lastOfAccount[account] = Math.max(lastOfAccount[account], number);
    if (number >= expected / 2) {
      latency.add(nanoClock.getAsLong() - releasedAt.getAcquire(number));
    }
    received.setRelease(received.getPlain() + 1);
  }

  private RepoEvent.@Nullable Sequenced event(StreamMessage message) {
    try {
      return codec.decode(message.payload()) instanceof Frame.Message(RepoEvent.Sequenced event)
          ? event
          : null;
    } catch (FrameException notAFrame) {
      return null;
    }
  }

  private void count(Problem problem) {
    problems.merge(problem, 1, Integer::sum);
  }

  /** The number of different events that have come out. */
  int received() {
    return received.getAcquire();
  }

  /** How many events will be sent. */
  int expected() {
    return expected;
  }

  /** How often something was wrong. */
  int problems(Problem problem) {
    return problems.getOrDefault(problem, 0);
  }

  /** How long the events of the second half took. */
  LatencyHistogram latency() {
    return latency;
  }
}
