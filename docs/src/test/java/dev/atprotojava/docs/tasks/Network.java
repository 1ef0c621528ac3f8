// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.docs.tasks;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.simulator.FrameBody;
import dev.atprotojava.simulator.FrameEncoder;
import dev.atprotojava.simulator.NetworkShape;
import dev.atprotojava.simulator.SimulatedAccount;
import dev.atprotojava.simulator.SimulatedNetwork;
import dev.atprotojava.simulator.SimulatedTraffic;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** A small network for examples: one host, of whose four accounts three have written something. */
final class Network {
  final SimulatedNetwork network =
      new SimulatedNetwork(NetworkShape.of(1, 1, 4), InstantSource.system());
  final SimulatedAccount account = network.account(0);

  /** The messages that the host has sent. */
  final List<Bytes> messages = new ArrayList<>();

  Network() {
    SimulatedTraffic people = new SimulatedTraffic(network, 1);
    for (int i = 0; i < 3; i++) {
      people.introduce(network.account(i)).events().forEach(this::send);
    }
  }

  private void send(FrameBody.Event event) {
    long seq = network.hosts().getFirst().append(event);
    messages.add(FrameEncoder.encode(event, seq).bytes());
  }
}
