// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.docs.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.identity.AddressPolicy;
import dev.atprotojava.simulator.SimulatedServers;
import dev.atprotojava.sync.Cursor;
import dev.atprotojava.sync.RepoEvent;
import dev.atprotojava.sync.client.FirehoseClient;
import dev.atprotojava.sync.client.FirehoseStream;
import dev.atprotojava.testing.Readme;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FollowAFirehoseTest {
  @Test
  void page_showsThisCode() {
    Readme.assertPageShowsCodeOf(FollowAFirehoseTest.class, "docs", "tasks/follow-a-firehose.md");
  }

  @Test
  void example_goesOnWhereItStopped() throws InterruptedException {
    Network network = new Network();
    try (SimulatedServers servers = SimulatedServers.start(network.network)) {
      URI server = URI.create("ws://" + network.network.hosts().getFirst().hostname());
      assertThat(servers.plc()).isNotNull();
      Cursor first = follow(server, new Cursor.Oldest(), 4);
      assertThat(first).isEqualTo(new Cursor.After(4));
      assertThat(follow(server, first, 3)).isEqualTo(new Cursor.After(7));
    }
  }

  private static Cursor follow(URI server, Cursor from, int enough) throws InterruptedException {
    Cursor saved = from;
    int seen = 0;
    AddressPolicy policy = AddressPolicy.dev();
    FirehoseClient client = FirehoseClient.open(server, policy);
    try (FirehoseStream events = client.follow(saved)) {
      while (seen < enough) {
        RepoEvent event = events.next(); // connects, and connects again, as often as that takes
        if (event instanceof RepoEvent.Sequenced some) {
          System.out.println(some.seq() + " " + some.did());
        }
        saved = events.cursor(); // where to go on another time
        seen++;
      }
    }
    return saved;
  }
}
