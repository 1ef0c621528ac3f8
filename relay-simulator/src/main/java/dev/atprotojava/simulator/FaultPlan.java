// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Which faults happen when: one after so many steps, each of the chosen ones in turn, in an order
 * and to accounts that the seed gives. It counts what has happened, because a fault that was asked
 * for and never came proves nothing.
 *
 * <p>Belongs to one thread.
 */
public final class FaultPlan {
  private static final int TRIES = 100;

  private final SimulatedNetwork network;
  private final RandomGenerator random;
  private final int everySteps;
  private final List<Fault> order;
  private final Map<Fault, Integer> fired = new EnumMap<>(Fault.class);
  private int steps;
  private int turn;

  /**
   * A plan.
   *
   * @param faults which faults; none is a plan in which nothing happens
   * @param everySteps after how many steps one happens, 1 or more
   */
  public FaultPlan(SimulatedNetwork network, long seed, Collection<Fault> faults, int everySteps) {
    if (everySteps < 1) {
      throw new IllegalArgumentException("every " + everySteps + " steps");
    }
    this.network = network;
    this.random = new SplittableRandom(seed);
    this.everySteps = everySteps;
    this.order = new ArrayList<>(faults);
    Collections.shuffle(order, Random.from(random));
  }

  /** Takes a step, and gives what happens in it: mostly nothing. */
  public @Nullable HostileFrame next() {
    steps++;
    return order.isEmpty() || steps % everySteps != 0 ? null : fire();
  }

  /** The next fault, now; null if no account has a record yet. */
  public @Nullable HostileFrame fire() {
    SimulatedAccount account = victim();
    if (account == null || order.isEmpty()) {
      return null;
    }
    Fault fault = order.get(turn++ % order.size());
    fired.merge(fault, 1, Integer::sum);
    return HostileFrame.forge(fault, network, account, random);
  }

  /** Somebody with a record: on any host, the first from any number on. */
  private @Nullable SimulatedAccount victim() {
    List<SimulatedPds> hosts = network.hosts();
    int firstHost = random.nextInt(hosts.size());
    int from = random.nextInt(network.shape().accounts());
    synchronized (network) {
      for (int i = 0; i < hosts.size(); i++) {
        SimulatedPds host = hosts.get((firstHost + i) % hosts.size());
        for (int after : new int[] {from, -1}) {
          for (SimulatedAccount account : host.accounts(after, TRIES)) {
            if (account.repo().size() > 0) {
              return account;
            }
          }
        }
      }
    }
    return null;
  }

  /** How often each fault has happened. */
  public Map<Fault, Integer> fired() {
    return Collections.unmodifiableMap(fired);
  }

  /** The faults that were asked for and have not happened. */
  public Set<Fault> unfired() {
    Set<Fault> missing = EnumSet.noneOf(Fault.class);
    missing.addAll(order);
    missing.removeAll(fired.keySet());
    return missing;
  }
}
