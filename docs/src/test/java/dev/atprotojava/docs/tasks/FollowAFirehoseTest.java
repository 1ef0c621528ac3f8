// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.docs.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.identity.AddressPolicy;
import dev.atprotojava.identity.CachingDirectory;
import dev.atprotojava.identity.HttpFetcher;
import dev.atprotojava.identity.PlcResolver;
import dev.atprotojava.identity.WebDidResolver;
import dev.atprotojava.simulator.SimulatedServers;
import dev.atprotojava.sync.Cursor;
import dev.atprotojava.sync.RepoEvent;
import dev.atprotojava.sync.client.Delivery;
import dev.atprotojava.sync.client.FirehoseClient;
import dev.atprotojava.sync.client.FirehoseStream;
import dev.atprotojava.sync.client.RepoStateStore;
import dev.atprotojava.sync.client.SqliteRepoStateStore;
import dev.atprotojava.sync.client.VerifiedEvent.Created;
import dev.atprotojava.sync.client.VerifiedEvent.Deleted;
import dev.atprotojava.sync.client.VerifiedEvent.IdentityChanged;
import dev.atprotojava.sync.client.VerifiedEvent.StatusChanged;
import dev.atprotojava.sync.client.VerifiedEvent.Synchronized;
import dev.atprotojava.sync.client.VerifiedEvent.Updated;
import dev.atprotojava.sync.client.VerifiedFirehose;
import dev.atprotojava.testing.Readme;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FollowAFirehoseTest {
  private final List<String> deals = new ArrayList<>();

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

  @Test
  void example_handsOverWhatIsVerified(@TempDir Path directory) throws InterruptedException {
    Network network = new Network();
    try (SimulatedServers servers = SimulatedServers.start(network.network);
        HttpFetcher http = HttpFetcher.builder().policy(AddressPolicy.dev()).build();
        CachingDirectory identities =
            CachingDirectory.builder(
                    List.of(PlcResolver.of(http, servers.plc().toString(), AddressPolicy.dev())),
                    WebDidResolver.of(http))
                .build()) {
      URI server = URI.create("ws://" + network.network.hosts().getFirst().hostname());
      followVerified(server, directory.resolve("state.sqlite"), identities);
    }
    assertThat(deals).anyMatch(deal -> deal.startsWith(network.account.did() + " has app.bsky."));
  }

  private void followVerified(URI server, Path file, CachingDirectory identities)
      throws InterruptedException {
    try (RepoStateStore store = SqliteRepoStateStore.open(file);
        VerifiedFirehose firehose =
            VerifiedFirehose.builder(server, store)
                .policy(AddressPolicy.dev())
                .identities(identities)
                .from(new Cursor.Oldest())
                .open()) {
      while (true) {
        Delivery delivery = firehose.next();
        switch (delivery.event()) {
          case Created it -> deal(it.did() + " has " + it.path() + " " + it.record().length());
          case Updated it -> deal(it.did() + " now has " + it.path() + " " + it.record().length());
          case Deleted it -> deal(it.did() + " has no " + it.path());
          case StatusChanged it -> deal(it.did() + " is " + it.status());
          case IdentityChanged it -> deal(it.did() + " may be called otherwise");
          case Synchronized it -> {} // a repository was fetched, because something was missed
        }
        delivery.ack(); // not handed over again
        if (deals.stream().filter(deal -> deal.contains("profile/self")).count() >= 3) {
          return;
        }
      }
    }
  }

  private void deal(String what) {
    deals.add(what);
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
