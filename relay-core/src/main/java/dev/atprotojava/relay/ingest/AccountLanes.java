// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.ingest;

import dev.atprotojava.relay.account.AccountRecord;
import dev.atprotojava.relay.account.DidHash;
import dev.atprotojava.relay.upstream.EventSink;
import dev.atprotojava.relay.upstream.UpstreamEvent;
import dev.atprotojava.sync.client.NanoClock;
import dev.atprotojava.syntax.Did;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Stage 4: each event into the lane of its account, so that the events of one account stay in order
 * and those of different accounts are verified side by side.
 *
 * <p>The lane is chosen by the keyed hash of the DID: nobody can choose DIDs that crowd into one.
 */
public final class AccountLanes implements EventSink {
  private static final int MAX_BATCH = 64;
  private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long FULL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final Lane[] lanes;
  private final LaneMailbox[] mailboxes;
  private final NanoClock nanos;

  /**
   * Lanes.
   *
   * @param count how many
   * @param limits what each may keep
   * @param around whom they ask, and tell
   * @param successors gives each lane what takes its events
   */
  public AccountLanes(
      int count,
      LaneLimits limits,
      LaneSurroundings around,
      Supplier<LaneSuccessor> successors,
      LaneCounters counters) {
    this.lanes = new Lane[count];
    this.mailboxes = new LaneMailbox[count];
    this.nanos = around.nanos();
    for (int i = 0; i < count; i++) {
      mailboxes[i] = new LaneMailbox();
      lanes[i] = new Lane(i, limits, around, successors.get(), mailboxes[i], counters);
    }
  }

  private int laneOf(DidHash hash) {
    return (int) ((hash.high() >>> 1) % lanes.length);
  }

  @Override
  public void submit(UpstreamEvent event) {
    mailboxes[laneOf(event.hash())].submit(event);
  }

  /** The newest state of an account, from its lane. */
  public CompletableFuture<Optional<AccountRecord>> find(DidHash hash, Did did) {
    CompletableFuture<Optional<AccountRecord>> answer = new CompletableFuture<>();
    mailboxes[laneOf(hash)].post(new LaneMessage.Query(hash, did, answer));
    return answer;
  }

  /** There is room for an account that waits on a host; it comes in if that is still so. */
  public void release(DidHash hash, Did did, int hostId) {
    mailboxes[laneOf(hash)].post(new LaneMessage.Release(hash, did, hostId));
  }

  /**
   * Has an account's lane act by an operator's decision, and tell it if it changes anything
   * (invariant 9).
   *
   * @param change gives the account as it is to be
   * @return the account after that; empty if there is none
   */
  public CompletableFuture<Optional<AccountRecord>> decide(
      DidHash hash, Did did, UnaryOperator<AccountRecord> change) {
    CompletableFuture<Optional<AccountRecord>> answer = new CompletableFuture<>();
    mailboxes[laneOf(hash)].post(new LaneMessage.Decision(hash, did, change, answer));
    return answer;
  }

  /** The states of all events of a lane up to an ordinal are in the store. */
  public void applied(int lane, long ordinal) {
    lanes[lane].applied(ordinal);
  }

  /** How many lanes there are. */
  public int count() {
    return lanes.length;
  }

  /** The body of a lane's thread: steps until {@link #close} and nothing is left. */
  public void run(int number) throws InterruptedException {
    Lane lane = lanes[number];
    LaneMailbox mailbox = mailboxes[number];
    List<UpstreamEvent> events = new ArrayList<>(MAX_BATCH);
    List<LaneMessage> messages = new ArrayList<>();
    long nextTick = nanos.nanos() + TICK_NANOS;
    while (mailbox.take(
        events, messages, lane.isFull() ? 0 : MAX_BATCH, lane.isFull() ? FULL_NANOS : TICK_NANOS)) {
      lane.resume();
      for (LaneMessage message : messages) {
        lane.step(message);
      }
      for (UpstreamEvent event : events) {
        lane.step(event);
      }
      messages.clear();
      events.clear();
      if (nanos.nanos() - nextTick >= 0) {
        lane.tick();
        nextTick = nanos.nanos() + TICK_NANOS;
      }
    }
  }

  /** Lets the lanes end once they have nothing left. */
  public void close() {
    for (LaneMailbox mailbox : mailboxes) {
      mailbox.close();
    }
  }
}
