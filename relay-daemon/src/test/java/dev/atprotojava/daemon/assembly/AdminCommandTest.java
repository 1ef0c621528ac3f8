// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.cbor.CborValue.MapValue;
import dev.atprotojava.cbor.DataModelJson;
import dev.atprotojava.daemon.cli.ExitCode;
import dev.atprotojava.daemon.cli.RelayCommand;
import dev.atprotojava.daemon.cli.Termination;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code relay admin} against a relay: what people and scripts get, and what goes wrong. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class AdminCommandTest {
  private final SampleHost host = new SampleHost();
  private final Map<String, String> environment = new HashMap<>();
  private StringWriter out = new StringWriter();
  private StringWriter err = new StringWriter();
  private RunningDaemon relay;
  private Path directory;

  @BeforeAll
  void start(@TempDir Path data) throws Exception {
    directory = data;
    relay = RunningDaemon.start(data.resolve("relay"), host.url(), Map.of());
    host.say(host.account("did:plc:aliceaaaaaaaaaaaaaaaaaaa").active());
    try (Firehose all = relay.subscribe("?cursor=0")) {
      relay.follow(host);
      all.event();
    }
  }

  @BeforeEach
  void forget() {
    environment.clear();
    environment.put("RELAY_ADMIN_URL", relay.url("").toString());
    environment.put("RELAY_ADMIN_PASSWORD", RunningDaemon.PASSWORD);
  }

  @AfterAll
  void stop() throws InterruptedException {
    relay.stop();
    relay.close();
    host.close();
  }

  private int run(String... arguments) {
    out = new StringWriter();
    err = new StringWriter();
    List<String> all = new ArrayList<>(List.of("admin"));
    all.addAll(List.of(arguments));
    Termination none =
        new Termination() {
          @Override
          public void listen() {}

          @Override
          public void await() {}
        };
    return new RelayCommand(
            new RelayCommand.Surroundings(
                environment, new PrintWriter(out), new PrintWriter(err), none))
        .run(all.toArray(String[]::new));
  }

  private List<MapValue> rows() {
    return out.toString().lines().map(line -> (MapValue) DataModelJson.parse(line)).toList();
  }

  @Test
  void hosts_areATableOrALineEach() {
    assertThat(run("hosts")).as(err.toString()).isEqualTo(ExitCode.OK);
    List<String> table = out.toString().lines().toList();
    assertThat(table).hasSize(2);
    assertThat(table.getFirst()).matches("ID +HOST +STATUS +CONNECTED .*REASON");
    assertThat(table.get(1)).matches(" *1 +" + host.hostname() + " +active +yes +.*");
    assertThat(table.get(1).indexOf("active")).isEqualTo(table.getFirst().indexOf("STATUS"));

    assertThat(run("hosts", "--json")).isEqualTo(ExitCode.OK);
    assertThat(rows()).hasSize(1);
    assertThat(rows().getFirst().findText("hostname")).isEqualTo(host.hostname());
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void status_saysHowItIs() {
    assertThat(run("status")).isEqualTo(ExitCode.OK);
    assertThat(out.toString())
        .containsPattern("(?m)^healthy +yes$")
        .containsPattern("(?m)^hosts\\.active +1$")
        .containsPattern("(?m)^log\\.nextSeq +[0-9]{10,}$");
    assertThat(run("status", "--json")).isEqualTo(ExitCode.OK);
    assertThat(rows().getFirst().findBoolean("healthy")).isTrue();
  }

  /** All the way: seen in the list, disconnected by its number, gone, and in the trail. */
  @Test
  void disconnect_endsAConsumerAndIsInTheTrail() throws Exception {
    try (Firehose consumer = relay.subscribe("?cursor=0")) {
      consumer.event();
      assertThat(run("consumers")).isEqualTo(ExitCode.OK);
      assertThat(out.toString()).contains("127.0.0.1", "Java-http-client/");
      assertThat(run("consumers", "--json")).isEqualTo(ExitCode.OK);
      String id = Long.toString(rows().getLast().findInteger("id").orElseThrow());

      assertThat(run("disconnect", id)).as(err.toString()).isEqualTo(ExitCode.OK);
      assertThat(consumer.end().code()).isEqualTo(1008);
      assertThat(run("disconnect", id)).isEqualTo(ExitCode.REFUSED);
      assertThat(err.toString()).isEqualTo("relay: ConsumerNotFound: there is no such consumer.\n");
      assertThat(run("audit", "--limit", "1")).isEqualTo(ExitCode.OK);
      assertThat(out.toString()).hasLineCount(2).contains("consumer.disconnect", " first ");
    }
  }

  @Test
  void logLevel_isSet() {
    assertThat(run("log-level", "info")).isEqualTo(ExitCode.OK);
    assertThat(out.toString()).containsPattern("(?m)^after +info$");
    assertThat(run("log-level", "loud")).isEqualTo(ExitCode.REFUSED);
    assertThat(err.toString()).startsWith("relay: InvalidRequest: level must be ");
  }

  @Test
  void password_canBeInAFile() throws Exception {
    environment.remove("RELAY_ADMIN_PASSWORD");
    Path file = Files.writeString(directory.resolve("password"), RunningDaemon.PASSWORD + "\n");

    assertThat(run("status", "--admin-password-file", file.toString())).isEqualTo(ExitCode.OK);
    environment.put("RELAY_ADMIN_PASSWORD_FILE", file.toString());
    assertThat(run("status")).isEqualTo(ExitCode.OK);
  }

  @Test
  void password_thatIsWrongIsSaid() {
    assertThat(run("status", "--admin-password", "guess")).isEqualTo(ExitCode.REFUSED);
    assertThat(err.toString())
        .contains(" does not accept this password", "RELAY_ADMIN_PASSWORD")
        .doesNotContain("guess")
        .hasLineCount(1);
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void relay_thatIsNotThereIsSaid() throws Exception {
    int port;
    try (ServerSocket taken = new ServerSocket(0)) {
      port = taken.getLocalPort();
    }
    assertThat(run("status", "--url", "http://127.0.0.1:" + port)).isEqualTo(ExitCode.REFUSED);
    assertThat(err.toString())
        .startsWith("relay: there is no relay at http://127.0.0.1:" + port)
        .contains("--url", "RELAY_ADMIN_URL")
        .hasLineCount(1);
  }

  /** Another server, such as the proxy's page or the metrics. */
  @Test
  void relay_thatIsSomethingElseIsSaid() {
    assertThat(run("status", "--url", host.url())).isEqualTo(ExitCode.REFUSED);
    assertThat(err.toString()).contains(" is not this relay").hasLineCount(1);
  }
}
