// SPDX-License-Identifier: MIT OR Apache-2.0
package com.example;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.cbor.Bytes;
import dev.atprotojava.cbor.CborValue;
import dev.atprotojava.cbor.CborValue.MapValue;
import dev.atprotojava.cbor.DataModelJson;
import dev.atprotojava.identity.AddressPolicy;
import dev.atprotojava.identity.CachingDirectory;
import dev.atprotojava.identity.HttpFetcher;
import dev.atprotojava.identity.PlcResolver;
import dev.atprotojava.identity.WebDidResolver;
import dev.atprotojava.repo.RecordWrite;
import dev.atprotojava.simulator.NetworkShape;
import dev.atprotojava.simulator.SimulatedAccount;
import dev.atprotojava.simulator.SimulatedNetwork;
import dev.atprotojava.simulator.SimulatedServers;
import dev.atprotojava.sync.Cursor;
import dev.atprotojava.sync.client.RepoStateStore;
import dev.atprotojava.sync.client.SqliteRepoStateStore;
import dev.atprotojava.sync.client.VerifiedFirehose;
import dev.atprotojava.syntax.RecordPath;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** On a network of one host that does not exist, but behind real sockets and with real keys. */
@Timeout(60)
class FirehoseToJsonTest {
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

  @TempDir Path directory;
  private Thread program;

  @AfterEach
  void close() {
    identities.close();
    http.close();
    servers.close();
  }

  @Test
  void print_showsWhatAnAccountDoes_andGoesOnWhereItWas() throws Exception {
    write(new RecordWrite.Create(path("kept"), note("hello")));
    write(new RecordWrite.Create(path("moody"), note("good day")));
    write(new RecordWrite.Update(path("moody"), note("good night")));
    List<MapValue> lines = linesUntil("create", "update");
    assertThat(lines)
        .extracting(line -> line.findText("event"))
        .containsExactly("create", "create", "update");
    assertThat(lines)
        .allSatisfy(line -> assertThat(line.findText("did")).isEqualTo(account.did().toString()))
        .extracting(line -> line.findMap("record").findText("text"))
        .containsExactly("hello", "good day", "good night");

    write(new RecordWrite.Create(path("new"), note("nobody listens")));
    write(new RecordWrite.Delete(path("moody")));
    // The update may come again, for the program was perhaps stopped before it had noted it.
    assertThat(linesUntil("create", "delete"))
        .extracting(line -> line.findText("path"))
        .contains(path("new").toString(), path("moody").toString())
        .doesNotContain(path("kept").toString());
  }

  private static RecordPath path(String key) {
    return RecordPath.parse("com.example.note/" + key);
  }

  private static Bytes note(String text) {
    return CborValue.map().put("text", text).build().encode();
  }

  private void write(RecordWrite write) {
    account.host().append(account.commit(List.of(write)).toCommit());
  }

  /** What the program prints when it is started, until it has told of all of these events. */
  private List<MapValue> linesUntil(String... events) throws IOException, InterruptedException {
    URI host = URI.create("ws://" + account.host().hostname());
    List<MapValue> lines = new ArrayList<>();
    Set<String> missing = new HashSet<>(List.of(events));
    try (RepoStateStore store = SqliteRepoStateStore.open(directory.resolve("state"));
        BufferedReader in = start(VerifiedFirehose.builder(host, store))) {
      do {
        lines.add((MapValue) DataModelJson.parse(in.readLine()));
        missing.remove(lines.getLast().findText("event"));
      } while (!missing.isEmpty());
      program.interrupt();
      program.join();
    }
    return lines;
  }

  private BufferedReader start(VerifiedFirehose.Builder builder) throws IOException {
    builder.from(new Cursor.Oldest()).policy(AddressPolicy.dev()).identities(identities);
    PipedInputStream in = new PipedInputStream();
    PrintStream out = new PrintStream(new PipedOutputStream(in), false, StandardCharsets.UTF_8);
    program =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    FirehoseToJson.print(builder, out);
                  } catch (InterruptedException stopped) {
                    // as Ctrl-C would
                  }
                });
    return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
  }
}
