// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.relay.upstream;

import static dev.atprotojava.relay.upstream.ByteLedger.OVERHEAD;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Invariant 6. Catches memory above its bound, a host that waits for another's share, and a thread
 * that sleeps for ever though there is room.
 */
@Timeout(120)
class ByteLedgerTest {
  private static final int KB = 1 << 10;
  private static final int MESSAGE = 9 * KB; // costs 10 kB

  private final ByteLedger ledger = new ByteLedger(100 * KB, 30 * KB);

  /** A host's thread that takes room for a message. */
  private static final class Taking {
    final Thread thread;
    final CompletableFuture<Void> taken = new CompletableFuture<>();

    Taking(ByteLedger.Share share, int bytes) {
      thread =
          Thread.ofPlatform()
              .daemon()
              .start(
                  () -> {
                    try {
                      share.take(bytes);
                      taken.complete(null);
                    } catch (InterruptedException e) {
                      taken.completeExceptionally(e);
                    }
                  });
    }

    /** Returns once the thread sleeps because there is no room. */
    Taking blocked() {
      while (thread.getState() != Thread.State.WAITING) {
        assertThat(taken).isNotDone();
        Thread.onSpinWait();
      }
      return this;
    }

    void goesOn() throws Exception {
      taken.get(60, TimeUnit.SECONDS);
    }
  }

  @Test
  void take_atItsShare_waitsAlone() throws Exception {
    ByteLedger.Share full = ledger.share();
    ByteLedger.Share other = ledger.share();
    for (int i = 0; i < 3; i++) {
      full.take(MESSAGE);
    }
    Taking waiting = new Taking(full, 0).blocked();
    for (int i = 0; i < 3; i++) {
      new Taking(other, MESSAGE).goesOn();
    }
    other.giveBack(MESSAGE);
    waiting.blocked(); // another's room is none of its own
    full.giveBack(MESSAGE);
    waiting.goesOn();
    assertThat(full.used()).isEqualTo(2 * (MESSAGE + OVERHEAD) + OVERHEAD);
    assertThat(ledger.used()).isEqualTo(full.used() + other.used());
  }

  @Test
  void take_beyondTheTotal_waitsForAnybody() throws Exception {
    List<ByteLedger.Share> shares = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      shares.add(ledger.share());
      shares.getLast().take(MESSAGE);
    }
    assertThat(ledger.used()).isEqualTo(100 * KB);
    Taking waiting = new Taking(ledger.share(), MESSAGE).blocked();
    shares.getFirst().giveBack(MESSAGE);
    waiting.goesOn();
    assertThat(ledger.used()).isEqualTo(100 * KB);
  }

  /** Room for two that comes at once wakes both. */
  @Test
  void giveBack_ofALargeMessage_wakesAllThatFit() throws Exception {
    ByteLedger.Share large = ledger.share();
    large.take(29 * KB);
    for (int i = 0; i < 7; i++) {
      ledger.share().take(MESSAGE);
    }
    List<Taking> waiting = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      waiting.add(new Taking(ledger.share(), MESSAGE).blocked());
    }
    large.giveBack(29 * KB);
    for (Taking each : waiting) {
      each.goesOn();
    }
  }

  /** Damage: a message that is longer than a share, which waits until the end of days. */
  @Test
  void take_moreThanThereIs_goesAloneOnceAllIsFree() throws Exception {
    ByteLedger.Share small = ledger.share();
    small.take(MESSAGE);
    Taking waiting = new Taking(ledger.share(), 500 * KB).blocked();
    small.giveBack(MESSAGE);
    waiting.goesOn();
  }

  @Test
  void take_interrupted_takesNothing() throws Exception {
    ByteLedger.Share share = ledger.share();
    share.take(29 * KB);
    Taking waiting = new Taking(share, MESSAGE).blocked();
    waiting.thread.interrupt();
    waiting.thread.join();
    assertThat(waiting.taken).isCompletedExceptionally();
    assertThat(ledger.used()).isEqualTo(30 * KB);
    share.giveBack(29 * KB);
    assertThat(ledger.used()).isZero();
  }

  /**
   * Many hosts with messages of all sizes, and room for few: nobody sleeps for ever, and neither
   * bound is ever exceeded but by a message that goes alone.
   */
  @Test
  void take_byManyThreads_keepsTheBoundsAndEnds() throws Exception {
    int hosts = 8;
    List<CompletableFuture<Void>> ends = new ArrayList<>();
    AtomicLong most = new AtomicLong();
    for (int i = 0; i < hosts; i++) {
      SplittableRandom random = new SplittableRandom(i);
      ByteLedger.Share share = ledger.share();
      CompletableFuture<Void> end = new CompletableFuture<>();
      ends.add(end);
      Deque<Integer> own = new ArrayDeque<>();
      Thread.ofPlatform()
          .daemon()
          .start(
              () -> {
                try {
                  Lane lane = new Lane(share, own);
                  Thread giving = Thread.ofPlatform().daemon().start(lane);
                  for (int n = 0; n < 3000; n++) {
                    int bytes =
                        random.nextInt(20) == 0 ? random.nextInt(29 * KB) : random.nextInt(KB);
                    share.take(bytes);
                    most.accumulateAndGet(ledger.used(), Math::max);
                    if (share.used() > 30 * KB) {
                      throw new AssertionError("a share of " + share.used());
                    }
                    lane.give(bytes);
                  }
                  lane.give(-1);
                  giving.join();
                  end.complete(null);
                } catch (Throwable e) {
                  end.completeExceptionally(e);
                }
              });
    }
    for (CompletableFuture<Void> end : ends) {
      end.get(90, TimeUnit.SECONDS);
    }
    assertThat(most.get()).isBetween(60L * KB, 100L * KB);
    assertThat(ledger.used()).isZero();
  }

  /** The thread that ends the events of a host. */
  private static final class Lane implements Runnable {
    private final ByteLedger.Share share;
    private final Deque<Integer> messages;

    Lane(ByteLedger.Share share, Deque<Integer> messages) {
      this.share = share;
      this.messages = messages;
    }

    void give(int bytes) {
      synchronized (messages) {
        messages.addLast(bytes);
        messages.notifyAll();
      }
    }

    @Override
    public void run() {
      for (int bytes = next(); bytes >= 0; bytes = next()) {
        share.giveBack(bytes);
      }
    }

    private int next() {
      synchronized (messages) {
        while (messages.isEmpty()) {
          try {
            messages.wait();
          } catch (InterruptedException e) {
            return -1;
          }
        }
        return messages.removeFirst();
      }
    }
  }

  /**
   * Hosts wait for each other in the order in which they came. Damage: a host with a large message
   * that starves, because small ones take each piece of room as it comes.
   */
  @Test
  void take_beyondTheTotal_isInTheOrderInWhichTheyCame() throws Exception {
    List<ByteLedger.Share> full = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      full.add(ledger.share());
      full.getLast().take(MESSAGE);
    }
    Taking large = new Taking(ledger.share(), 29 * KB).blocked();
    full.get(0).giveBack(MESSAGE);
    full.get(1).giveBack(MESSAGE);
    large.blocked();
    Taking small = new Taking(ledger.share(), MESSAGE).blocked(); // there is room, but not its turn
    full.get(2).giveBack(MESSAGE);
    large.goesOn();
    full.get(3).giveBack(MESSAGE);
    small.goesOn();
  }
}
