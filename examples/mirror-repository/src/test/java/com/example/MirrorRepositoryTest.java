// SPDX-License-Identifier: MIT OR Apache-2.0
package com.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.identity.AddressPolicy;
import dev.atprotojava.identity.CachingDirectory;
import dev.atprotojava.identity.HttpFetcher;
import dev.atprotojava.identity.PlcResolver;
import dev.atprotojava.identity.WebDidResolver;
import dev.atprotojava.repo.InvalidRepoException;
import dev.atprotojava.repo.RecordWrite;
import dev.atprotojava.simulator.NetworkShape;
import dev.atprotojava.simulator.SimulatedAccount;
import dev.atprotojava.simulator.SimulatedNetwork;
import dev.atprotojava.simulator.SimulatedServers;
import dev.atprotojava.syntax.RecordPath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** On a network of one host that does not exist, but behind real sockets and with real keys. */
@Timeout(60)
class MirrorRepositoryTest {
  private final SimulatedNetwork network =
      new SimulatedNetwork(NetworkShape.of(1, 1, 1), InstantSource.system());
  private final SimulatedAccount account = network.account(0);
  private final SimulatedServers servers = SimulatedServers.start(network);
  private final HttpFetcher http = HttpFetcher.builder().policy(AddressPolicy.dev()).build();
  private final CachingDirectory identities =
      CachingDirectory.builder(
              List.of(PlcResolver.of(http, servers.plc().toString(), AddressPolicy.dev())),
              WebDidResolver.of(http))
          .build();
  private final MirrorRepository mirror = new MirrorRepository(identities, AddressPolicy.dev());

  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void write() {
    file = directory.resolve("mirror.jsonl");
    account.commit(List.of(note("one", "hello"), note("two", "world")));
  }

  @AfterEach
  void close() {
    identities.close();
    http.close();
    servers.close();
  }

  private static RecordWrite note(String key, String text) {
    return new RecordWrite.Create(
        RecordPath.parse("com.example.note/" + key),
        CborValue.map().put("text", text).build().encode());
  }

  @Test
  void refresh_copiesTheRepository_andAgainWhenItHasChanged() throws Exception {
    assertThat(mirror.refresh(account.did(), file)).isEqualTo("2 records");
    assertThat(Files.readAllLines(file))
        .satisfiesExactly(
            head -> assertThat(head).contains(account.did().toString()),
            one -> assertThat(one).contains("com.example.note/one").contains("hello"),
            two -> assertThat(two).contains("com.example.note/two").contains("world"));
    assertThat(mirror.refresh(account.did(), file)).startsWith("nothing new");

    account.commit(List.of(new RecordWrite.Delete(RecordPath.parse("com.example.note/one"))));
    assertThat(mirror.refresh(account.did(), file)).isEqualTo("1 records");
    assertThat(Files.readString(file)).contains("world").doesNotContain("hello");
  }

  @Test
  void refresh_keepsTheCopy_whenTheNewOneIsNotTheAccounts() throws Exception {
    mirror.refresh(account.did(), file);
    String before = Files.readString(file);

    account.commit(List.of(note("three", "not signed with the key of the account")));
    account.rotateKey();
    identities.markStale(account.did());

    assertThatThrownBy(() -> mirror.refresh(account.did(), file))
        .isInstanceOf(InvalidRepoException.class);
    assertThat(file).hasContent(before);
    try (var files = Files.list(directory)) {
      assertThat(files).as("nothing is left behind").containsExactly(file);
    }
  }
}
