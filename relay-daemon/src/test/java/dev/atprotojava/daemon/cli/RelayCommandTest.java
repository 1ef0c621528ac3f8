// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.atprotojava.daemon.config.Product;
import dev.atprotojava.daemon.config.Setting;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What commands say, where, and with which exit code: scripts depend on all three. */
@Timeout(60)
class RelayCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final Map<String, String> environment = new HashMap<>();
  private Runnable whileServing = () -> {};

  @TempDir private Path data;

  /** Ends what has begun to serve. */
  private final class ToldAtOnce implements Termination {
    @Override
    public void listen() {}

    @Override
    public void await() {
      whileServing.run();
    }
  }

  private int run(String... arguments) {
    return new RelayCommand(
            new RelayCommand.Surroundings(
                environment, new PrintWriter(out), new PrintWriter(err), new ToldAtOnce()))
        .run(arguments);
  }

  /** A start that touches nothing but the test's directory. */
  private int serve(String... more) {
    environment.put("RELAY_API_LISTEN", "127.0.0.1:0");
    environment.put("RELAY_METRICS_LISTEN", "127.0.0.1:0");
    environment.put("DATABASE_URL", "sqlite://" + data.resolve("relay.sqlite"));
    environment.put("RELAY_PERSIST_DIR", data.resolve("log").toString());
    String[] arguments = new String[more.length + 1];
    arguments[0] = "serve";
    System.arraycopy(more, 0, arguments, 1, more.length);
    return run(arguments);
  }

  @Test
  void version_isOneLine() {
    assertThat(run("version")).isEqualTo(ExitCode.OK);
    assertThat(out).hasToString(Product.ofBuild() + System.lineSeparator());
    assertThat(Product.ofBuild().version()).matches("[0-9]+\\.[0-9]+\\.[0-9]+.*");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void help_namesEveryCommand() {
    assertThat(run("--help")).isEqualTo(ExitCode.OK);
    assertThat(out.toString()).contains("serve", "admin", "log", "version", "demo", "Exit codes:");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void help_ofServeNamesEverySetting() {
    assertThat(run("serve", "--help")).isEqualTo(ExitCode.OK);
    for (Setting setting : Setting.values()) {
      assertThat(out.toString()).contains(setting.flag()).contains(setting.variables());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "bogus",
        "serve --bogus",
        "serve extra",
        "serve --bind",
        "serve --bind :1 --bind :2",
        "serve --dev=perhaps",
        "serve --lanes many",
        "version extra",
        "backup",
        "backup a b",
        "restore x --seq-floor low",
        "admin",
        "admin bogus",
        "admin hosts extra",
        "admin hosts --url gopher://x",
        "admin hosts --url relay.example.com",
        "admin hosts", // without a password
        "admin disconnect",
        "admin disconnect one",
        "admin audit --limit 0 --admin-password x",
        "log",
        "log bogus",
        "log verify extra",
        "log dump --from x",
        "log dump --frames xml"
      })
  void misuse_isOneSentenceAndTwo(String line) {
    assertThat(run(line.isEmpty() ? new String[0] : line.split(" ", -1))).isEqualTo(ExitCode.USAGE);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString())
        .matches("relay: [^\\n\\r]+\\R(Try 'relay( [\\w-]+)* --help'\\.\\R)?");
  }

  @Test
  void serve_withABadVariable() {
    environment.put("RELAY_REPLAY_WINDOW", "3d");

    assertThat(serve()).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString())
        .isEqualTo(
            "relay: RELAY_REPLAY_WINDOW is \"3d\"; it must be a duration such as 72h or 1h30m,"
                + " from 1m to 87600h."
                + System.lineSeparator());
    assertThat(data).isEmptyDirectory();
  }

  @Test
  void serve_withWhatItCannotDo() {
    environment.put("RELAY_TLS_CERT", "/etc/cert.pem");

    assertThat(serve()).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).startsWith("relay: RELAY_TLS_CERT is set, but ").hasLineCount(1);
  }

  /** The first line that an operator reads when the path is a typing error. */
  @Test
  void serve_onADatabaseOfOthers() throws Exception {
    Files.writeString(data.resolve("relay.sqlite"), "this is no database, but something of value");

    assertThat(serve()).isEqualTo(ExitCode.REFUSED);
    assertThat(err.toString())
        .contains("relay: ")
        .contains(data.resolve("relay.sqlite").toString())
        .doesNotContain("\tat ");
    assertThat(data.resolve("relay.sqlite"))
        .hasContent("this is no database, but something of value");
  }

  @Test
  void serve_onAnAddressOfOthers() {
    assertThat(serve("--bind", "203.0.113.1:1")).isEqualTo(ExitCode.REFUSED);
    assertThat(err.toString())
        .contains("relay: the API cannot be served on 203.0.113.1:1: ")
        .doesNotContain("\tat ");
  }

  @Test
  void serve_untilItIsToldToEnd() {
    environment.put("RELAY_ADMIN_PASSWORD", "known");
    whileServing = () -> out.append("served");

    assertThat(serve()).isEqualTo(ExitCode.OK);
    assertThat(out).hasToString("served");
    assertThat(err.toString()).as("nobody needs to be told a password").isEmpty();
    assertThat(data.resolve("relay.sqlite")).exists();
  }

  @Test
  void serve_withoutAPasswordMakesOneUp() {
    assertThat(serve()).isEqualTo(ExitCode.OK);
    String first = err.toString();
    err.getBuffer().setLength(0);
    assertThat(serve()).isEqualTo(ExitCode.OK);

    assertThat(first).containsPattern("admin password until the next start is [\\w-]{24}\\R");
    assertThat(err.toString()).isNotEqualTo(first);
  }

  /** An operator looks, and scripts go by the exit code. */
  @Test
  void logVerify_saysWhetherItIsSound() throws Exception {
    serve();
    assertThat(run("log", "verify")).isEqualTo(ExitCode.OK);
    assertThat(out.toString()).contains("1 segments, 0 records, ").endsWith(": sound\n");

    out.getBuffer().setLength(0);
    Files.writeString(data.resolve("log").resolve("reservation"), "rubbish");
    assertThat(run("log", "verify", "--persist-dir", data.resolve("log").toString()))
        .isEqualTo(ExitCode.REFUSED);
    assertThat(out.toString()).endsWith(": NOT SOUND\n");
  }

  @Test
  void log_thatIsNotThere() {
    for (String command : new String[] {"verify", "dump"}) {
      err.getBuffer().setLength(0);
      assertThat(run("log", command, "--persist-dir", data.toString())).isEqualTo(ExitCode.REFUSED);
      assertThat(err.toString())
          .startsWith("relay: there is no event log in " + data)
          .hasLineCount(1);
    }
  }

  /** Flags of lists may be repeated, as with the reference relay. */
  @Test
  void serve_takesRepeatedFlags() {
    assertThat(serve("--admin-password", "one", "--admin-password=two,three")).isEqualTo(0);
    assertThat(err.toString()).isEmpty();
  }

  /** Flags of the daemon before the reference relay; a typing error in one is still refused. */
  @Test
  void serve_takesFlagsOfOlderRelays() {
    assertThat(serve("--admin-key", "secret", "--api-listen", "127.0.0.1:0")).isEqualTo(0);
    assertThat(err.toString()).as("the password was given").isEmpty();
    assertThat(serve("--admin-kei", "secret")).isEqualTo(ExitCode.USAGE);
  }

  /** From a relay to a copy, to a relay elsewhere, by commands alone. */
  @Test
  void backup_isRestored() {
    serve();
    err.getBuffer().setLength(0);
    String copy = data.resolve("copy").toString();
    assertThat(run("backup", copy)).as(err.toString()).isEqualTo(ExitCode.OK);
    assertThat(out.toString()).contains(" bytes copied; the store reflects seq 0");
    assertThat(run("restore", copy)).isEqualTo(ExitCode.REFUSED);
    assertThat(err.toString()).contains("nothing is overwritten").hasLineCount(1);

    environment.put("DATABASE_URL", "sqlite://" + data.resolve("two/relay.sqlite"));
    environment.put("RELAY_PERSIST_DIR", data.resolve("two/log").toString());
    assertThat(run("restore", copy, "--seq-floor", "20000000000")).isEqualTo(ExitCode.OK);
    assertThat(out.toString()).contains(" bytes restored; the next seq is 20000000000");
    assertThat(run("log", "verify")).isEqualTo(ExitCode.OK);
  }
}
