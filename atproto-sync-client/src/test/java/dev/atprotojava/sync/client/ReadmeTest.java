// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.sync.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborWriter;
import dev.atprotojava.cid.Cid;
import dev.atprotojava.identity.AddressPolicy;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.sync.Cursor;
import dev.atprotojava.sync.RepoEvent;
import dev.atprotojava.sync.client.VerifiedEvent.Created;
import dev.atprotojava.sync.client.VerifiedEvent.Deleted;
import dev.atprotojava.sync.client.VerifiedEvent.IdentityChanged;
import dev.atprotojava.sync.client.VerifiedEvent.StatusChanged;
import dev.atprotojava.sync.client.VerifiedEvent.Synchronized;
import dev.atprotojava.sync.client.VerifiedEvent.Updated;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.RecordPath;
import dev.atprotojava.testing.Readme;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An example that does not compile, or says what is not so, is worse than none. */
@Timeout(30)
class ReadmeTest {
  private final List<RepoEvent> handled = new ArrayList<>();
  private final List<String> told = new CopyOnWriteArrayList<>();
  private final Map<Did, Integer> sizes = new HashMap<>();
  private final Map<Did, String> refused = new HashMap<>();

  @Test
  void readme_showsThisCode() {
    Readme.assertShowsCodeOf(ReadmeTest.class, "atproto-sync-client");
  }

  private void follow(FirehoseClient client) throws InterruptedException {
    Cursor saved = new Cursor.Live();

    try (FirehoseStream events = client.follow(saved)) {
      while (true) {
        RepoEvent event = events.next(); // connects, and connects again, as often as that takes
        handle(event);
        saved = events.cursor(); // where to go on another time
      }
    }
  }

  private void mirror(String host, Path file) throws InterruptedException {
    try (RepoStateStore store = SqliteRepoStateStore.open(file);
        VerifiedFirehose firehose = VerifiedFirehose.open(host, store)) {
      while (true) {
        Delivery delivery = firehose.next();
        switch (delivery.event()) {
          case Created created -> put(created.did(), created.path(), created.record());
          case Updated updated -> put(updated.did(), updated.path(), updated.record());
          case Deleted deleted -> remove(deleted.did(), deleted.path());
          case StatusChanged changed -> show(changed.did(), changed.status());
          case IdentityChanged changed -> forgetHandle(changed.did());
          case Synchronized complete -> {} // the whole repository has been handed over
        }
        delivery.ack(); // not handed over again
      }
    }
  }

  private void put(Did did, RecordPath path, Bytes record) {
    told.add(did + " has " + path + " of " + record.length() + " bytes");
  }

  private void remove(Did did, RecordPath path) {
    told.add(did + " has no " + path);
  }

  private void show(Did did, AccountStatus status) {
    told.add(did + " is " + status);
  }

  private void forgetHandle(Did did) {
    told.add(did + " may be called otherwise");
  }

  private void list(URI server, AddressPolicy policy) throws IOException {
    try (SyncClient relay = SyncClient.open(server, policy)) {
      Pages<ListedRepo> repos = relay.listRepos();
      while (repos.hasNext()) {
        Did did = repos.next().did();
        try (RepoDownload repo = relay.getRepo(did)) { // give it to a RepoReader of atproto-mst
          sizes.put(did, repo.stream().readAllBytes().length);
        } catch (XrpcException e) {
          refused.put(did, e.error()); // such as RepoTakendown
        }
      }
    }
  }

  // The mirror's loop is that of VerifiedFirehoseTest; here it meets a host that nobody may ask.
  @Test
  void mirror_waitsAndEndsWhenItIsInterrupted(@TempDir Path directory) throws Exception {
    List<Throwable> ended = new CopyOnWriteArrayList<>();
    Thread mirror =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    mirror("localhost", directory.resolve("state.sqlite"));
                  } catch (InterruptedException | RuntimeException e) {
                    ended.add(e);
                  }
                });
    mirror.interrupt();
    mirror.join();
    assertThat(ended).singleElement().isInstanceOf(InterruptedException.class);
    assertThat(told).isEmpty();
  }

  @Test
  void list_readsEachRepository() throws Exception {
    Did one = Did.parse("did:plc:ewvi7nxzyoun6zhxrhs64oiz");
    Did two = Did.parse("did:plc:z72i7hdynmk6r22z27h6tvur");
    String row = "{\"did\":\"%s\",\"head\":\"%s\",\"rev\":\"3jzfcijpj2z2a\"}";
    Cid head = Cid.ofDagCbor(new byte[] {1});
    try (XrpcServer server = new XrpcServer()) {
      server.on(
          "listRepos",
          XrpcServer.json(
              200,
              "{\"repos\":[" + row.formatted(one, head) + "," + row.formatted(two, head) + "]}"));
      server.on(
          "getRepo",
          XrpcServer.inTurn(
              XrpcServer.bytes(200, new byte[] {1, 2, 3}),
              XrpcServer.json(400, "{\"error\":\"RepoTakendown\"}")));
      list(server.address(), AddressPolicy.dev());
    }
    assertThat(sizes).containsExactly(Map.entry(one, 3));
    assertThat(refused).containsExactly(Map.entry(two, "RepoTakendown"));
  }

  private void handle(RepoEvent event) throws InterruptedException {
    handled.add(event);
    throw new InterruptedException("enough");
  }

  @Test
  void example_gets() throws Exception {
    CborWriter out = new CborWriter();
    out.writeMap(2).writeText("t").writeText("#info").writeText("op").writeInteger(1);
    Bytes info = out.writeMap(1).writeText("name").writeText("OutdatedCursor").toBytes();
    try (RawServer server = new RawServer()) {
      server.onConnection(
          connection -> {
            connection.upgrade();
            connection.frame(0x82, info.toByteArray());
            connection.in.read(); // until the client is gone
          });
      FirehoseClient client = FirehoseClient.open(server.address(), AddressPolicy.dev());
      assertThatThrownBy(() -> follow(client)).hasMessage("enough");
    }
    assertThat(handled).containsExactly(new RepoEvent.InfoEvent("OutdatedCursor", null));
    assertThat(FirehoseClient.open("relay.example.com")).isNotNull();
  }
}
