// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * A network of the AT Protocol that does not exist: a PLC directory, PDS hosts, and accounts whose
 * repositories are real trees under really signed commits. The same seed and the same clock give
 * the same bytes.
 *
 * <p>Start with {@link dev.atprotojava.simulator.SimulatedNetwork}. It has two sides:
 *
 * <ul>
 *   <li>Stepped, without sockets or threads: {@link dev.atprotojava.simulator.SimulatedPds} yields
 *       messages for a cursor, {@link dev.atprotojava.simulator.SimulatedPlc} answers for DIDs,
 *       {@link dev.atprotojava.simulator.VirtualClock} is the time, and {@link
 *       dev.atprotojava.simulator.FaultPlan} mixes in what must not get through.
 *   <li>Served: {@link dev.atprotojava.simulator.SimulatedServers} puts the same objects behind
 *       ports of the loopback interface, and {@link dev.atprotojava.simulator.SimulatedConsumer}
 *       reads a firehose.
 * </ul>
 *
 * <p>{@link dev.atprotojava.simulator.Demo} and {@link dev.atprotojava.simulator.Load} are programs
 * that put a relay between the two.
 */
@NullMarked
package dev.atprotojava.simulator;

import org.jspecify.annotations.NullMarked;
