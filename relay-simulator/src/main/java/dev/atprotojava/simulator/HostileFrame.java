// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import dev.atprotojava.syntax.Did;
import java.util.function.LongFunction;
import java.util.random.RandomGenerator;

/**
 * A message with one fault, which a host sends in the middle of its good ones.
 *
 * @param fault what is wrong
 * @param sender the host that is to send it
 * @param did the account whose name is used
 * @param message the message under a number of the sender: for {@link SimulatedPds#append}
 */
public record HostileFrame(
    Fault fault, SimulatedPds sender, Did did, LongFunction<StreamMessage> message) {
  /**
   * Makes one. The account's repository stays as it is, so that its next good commit follows its
   * last one; the fault is the only thing that is wrong if the relay has seen the last one.
   *
   * @param account an account with a commit and a record
   * @throws IllegalArgumentException if the account has none, or the fault needs a second host and
   *     the network has one
   */
  public static HostileFrame forge(
      Fault fault, SimulatedNetwork network, SimulatedAccount account, RandomGenerator random) {
    return new Forger(network, account, random).forge(fault);
  }

  /** Sends it: into the log of the sender, under the number that is returned. */
  public long send() {
    return sender.append(message);
  }
}
