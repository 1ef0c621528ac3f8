// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.docs.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.car.CarStream;
import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.identity.AddressPolicy;
import dev.atprotojava.identity.CachingDirectory;
import dev.atprotojava.identity.HttpFetcher;
import dev.atprotojava.identity.PlcResolver;
import dev.atprotojava.identity.WebDidResolver;
import dev.atprotojava.repo.RecordWrite;
import dev.atprotojava.repo.RepoReader;
import dev.atprotojava.repo.RepoReaderOptions;
import dev.atprotojava.simulator.SimulatedAccount;
import dev.atprotojava.simulator.SimulatedServers;
import dev.atprotojava.simulator.SimulatedTraffic;
import dev.atprotojava.sync.AccountStatus;
import dev.atprotojava.sync.Cursor;
import dev.atprotojava.sync.client.Delivery;
import dev.atprotojava.sync.client.RepoStateStore;
import dev.atprotojava.sync.client.SqliteRepoStateStore;
import dev.atprotojava.sync.client.VerifiedEvent.Deleted;
import dev.atprotojava.sync.client.VerifiedEvent.IdentityChanged;
import dev.atprotojava.sync.client.VerifiedEvent.RecordPut;
import dev.atprotojava.sync.client.VerifiedEvent.StatusChanged;
import dev.atprotojava.sync.client.VerifiedEvent.Synchronized;
import dev.atprotojava.sync.client.VerifiedFirehose;
import dev.atprotojava.syntax.Did;
import dev.atprotojava.syntax.RecordPath;
import dev.atprotojava.testing.Readme;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class MirrorAccountsTest {
  private final Network network = new Network();
  private final SimulatedServers servers = SimulatedServers.start(network.network);
  private final HttpFetcher http = HttpFetcher.builder().policy(AddressPolicy.dev()).build();
  private final CachingDirectory identities =
      CachingDirectory.builder(
              List.of(PlcResolver.of(http, servers.plc().toString(), AddressPolicy.dev())),
              WebDidResolver.of(http))
          .build();

  private final Map<Did, Map<RecordPath, Bytes>> copies = new HashMap<>();
  private final Set<Did> hidden = new HashSet<>();
  private Map<Did, Map<RecordPath, Bytes>> enough = Map.of();

  @TempDir Path directory;

  @AfterEach
  void close() {
    identities.close();
    http.close();
    servers.close();
  }

  @Test
  void page_showsThisCode() {
    Readme.assertPageShowsCodeOf(MirrorAccountsTest.class, "docs", "tasks/mirror-accounts.md");
  }

  @Test
  void example_hasWhatTheAccountsHave() throws Exception {
    // One that the firehose has told of, one that it has not, and one that nobody asked for.
    SimulatedAccount busy = network.account;
    SimulatedAccount quiet = network.network.account(3);
    new SimulatedTraffic(network.network, 2).furnish(quiet, 10);
    Set<Did> wanted = Set.of(busy.did(), quiet.did());
    URI relay = URI.create("ws://" + busy.host().hostname());

    expect(busy, quiet);
    mirror(relay, wanted, directory.resolve("state.sqlite"));

    // While nobody listens, the copy of one gets old.
    Map<RecordPath, Bytes> records = records(quiet);
    List<RecordWrite> deletes =
        records.keySet().stream()
            .limit(4)
            .map(path -> (RecordWrite) new RecordWrite.Delete(path))
            .toList();
    quiet.host().append(quiet.commit(deletes).toCommit());
    assertThat(records(quiet)).hasSize(records.size() - 4);
    expect(busy, quiet);
    mirror(relay, wanted, directory.resolve("state.sqlite"));

    busy.status(AccountStatus.DELETED);
    busy.host().append(busy.toAccount());
    expect(quiet);
    mirror(relay, wanted, directory.resolve("state.sqlite"));
    assertThat(hidden).containsExactly(busy.did());
  }

  private void expect(SimulatedAccount... accounts) throws IOException {
    enough = new HashMap<>();
    for (SimulatedAccount account : accounts) {
      enough.put(account.did(), records(account));
    }
    assertThat(copies).isNotEqualTo(enough);
  }

  private static Map<RecordPath, Bytes> records(SimulatedAccount account) throws IOException {
    Map<RecordPath, Bytes> records = new HashMap<>();
    CarStream car = CarStream.open(new ByteArrayInputStream(account.export().toByteArray()));
    try (RepoReader repo = RepoReader.open(car, RepoReaderOptions.DEFAULT)) {
      while (repo.next()) {
        records.put(repo.path(), repo.block());
      }
    }
    return records;
  }

  private void mirror(URI relay, Set<Did> accounts, Path file) throws InterruptedException {
    try (RepoStateStore store = SqliteRepoStateStore.open(file)) {
      VerifiedFirehose.Builder builder = VerifiedFirehose.builder(relay, store).accounts(accounts);
      builder.policy(AddressPolicy.dev()).identities(identities).from(new Cursor.Oldest());
      try (VerifiedFirehose firehose = builder.open()) {
        while (true) {
          Delivery delivery = firehose.next();
          switch (delivery.event()) {
            case RecordPut put -> keep(put.did(), put.path(), put.record()); // created, or updated
            case Deleted deleted -> remove(deleted.did(), deleted.path());
            case StatusChanged changed -> {
              if (changed.status() == AccountStatus.DELETED) {
                removeAll(changed.did());
              }
              show(changed.did(), changed.status().isActive());
            }
            case Synchronized whole -> System.out.println(whole.did() + " at " + whole.rev());
            case IdentityChanged changed -> {} // such as another handle
          }
          delivery.ack(); // once it is safe with you
          if (copies.equals(enough)) {
            return;
          }
        }
      }
    }
  }

  private void keep(Did did, RecordPath path, Bytes record) {
    copies.computeIfAbsent(did, each -> new HashMap<>()).put(path, record);
  }

  private void remove(Did did, RecordPath path) {
    copies.computeIfAbsent(did, each -> new HashMap<>()).remove(path);
  }

  private void removeAll(Did did) {
    copies.remove(did);
  }

  private void show(Did did, boolean active) {
    boolean changed = active ? hidden.remove(did) : hidden.add(did);
    System.out.println(did + (active ? " is shown" : " is hidden") + (changed ? " now" : ""));
  }
}
