// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop.kill;

import dev.atprotojava.simulator.FrameBody;
import dev.atprotojava.simulator.SimulatedAccount;
import dev.atprotojava.simulator.SimulatedNetwork;
import dev.atprotojava.simulator.SimulatedTraffic;
import dev.atprotojava.simulator.StreamMessage;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * People who act at a steady rate, whether a relay listens or not. Each account is as likely as the
 * next: hardly one says the same thing so often that it is held back as a repeat.
 */
final class SteadyTraffic implements AutoCloseable {
  private static final int TICK_MILLIS = 4;

  private final SimulatedNetwork network;
  private final EventLedger ledger;
  private final SimulatedTraffic people;
  private final RandomGenerator random;
  private final long startNanos = System.nanoTime();
  private final int perSecond;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());
  private final ScheduledFuture<?> ticks;
  private long steps;

  /** Begins at once. */
  SteadyTraffic(SimulatedNetwork network, EventLedger ledger, long seed, int perSecond) {
    this.network = network;
    this.ledger = ledger;
    this.people = new SimulatedTraffic(network, seed);
    this.random = new SplittableRandom(seed);
    this.perSecond = perSecond;
    this.ticks = clock.scheduleAtFixedRate(this::tick, 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void tick() {
    long due = (System.nanoTime() - startNanos) * perSecond / 1_000_000_000;
    for (; steps < due; steps++) {
      act(network.account(random.nextInt(network.shape().accounts())));
    }
  }

  private void act(SimulatedAccount account) {
    SimulatedTraffic.Step step =
        account.head() == null ? people.introduce(account) : people.act(account);
    for (FrameBody.Event event : step.events()) {
      account.host().append(seq -> StreamMessage.of(seq, ledger.send(event, seq)));
    }
  }

  /**
   * Ends it with a last word from each account. Since events of one account leave in their order,
   * all that a relay still has to say is said when it has passed these on.
   */
  void end() throws InterruptedException, ExecutionException {
    if (ticks.isDone()) {
      ticks.get(); // throws what ended it
    }
    clock.shutdown();
    if (!clock.awaitTermination(10, TimeUnit.SECONDS)) {
      throw new IllegalStateException("the people do not stop");
    }
    for (int number = 0; number < network.shape().accounts(); number++) {
      act(network.account(number));
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
