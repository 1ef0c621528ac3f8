// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The relay as a process of its own: signals, exit codes and what goes to which stream. */
@Timeout(120)
class ProcessTest {
  private final List<String> said = new ArrayList<>();
  private final List<Process> started = new ArrayList<>();

  @TempDir private Path data;

  /**
   * A process that was started.
   *
   * @param err its standard error
   */
  private record Running(Process process, BufferedReader err) {
    int exitCode() throws InterruptedException {
      return process.waitFor();
    }
  }

  private Running start(Map<String, String> environment, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:+UseSerialGC");
    command.add("-XX:TieredStopAtLevel=1");
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add("dev.atprotojava.daemon.Main");
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(data.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("RELAY_"));
    builder.environment().put("RELAY_API_LISTEN", "127.0.0.1:0");
    builder.environment().put("RELAY_METRICS_LISTEN", "127.0.0.1:0");
    builder.environment().put("DATABASE_URL", "sqlite://" + data.resolve("relay.sqlite"));
    builder.environment().put("RELAY_PERSIST_DIR", data.resolve("log").toString());
    builder.environment().putAll(environment);
    Process process = builder.start();
    started.add(process);
    return new Running(
        process,
        new BufferedReader(
            new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8)));
  }

  @AfterEach
  void kill() {
    started.forEach(Process::destroyForcibly);
  }

  private void readUntil(Running relay, String text) throws IOException {
    for (String line = relay.err.readLine(); line != null; line = relay.err.readLine()) {
      said.add(line);
      if (line.contains(text)) {
        return;
      }
    }
    throw new AssertionError("it ended: " + said);
  }

  /** Service managers restart, and alarm, what ends with anything but 0 when it is told to end. */
  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT"})
  void signal_endsInGoodOrder(String signal) throws Exception {
    Running relay = start(Map.of("RELAY_ODD", "1"), "serve");
    readUntil(relay, "serving ");
    new ProcessBuilder("kill", "-" + signal, Long.toString(relay.process.pid())).start().waitFor();
    readUntil(relay, "stopped");

    assertThat(relay.exitCode()).isZero();
    assertThat(relay.process.getInputStream().readAllBytes()).as("standard output").isEmpty();
    assertThat(said)
        .anyMatch(line -> line.contains(" WARN ") && line.contains("RELAY_ODD is unknown"))
        .anyMatch(line -> line.matches(".*Z INFO .* serving version=.* api=127.0.0.1:[0-9]+ .*"));
  }

  @Test
  void logLevel_isHeeded() throws Exception {
    Running relay =
        start(Map.of("RELAY_LOG_LEVEL", "warn", "RELAY_ADMIN_PASSWORD", "x"), "serve", "--dev");
    readUntil(relay, "--dev allows");
    relay.process.toHandle().destroy();

    assertThat(relay.exitCode()).isZero();
    assertThat(relay.err.lines()).isEmpty();
  }

  @Test
  void badSetting_isTwo() throws Exception {
    Running relay = start(Map.of("RELAY_FSYNC", "always"), "serve");

    assertThat(relay.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(relay.err.lines())
        .containsExactly("relay: RELAY_FSYNC is \"always\"; it must be batch, interval or never.");
  }

  /**
   * An operator of the reference relay has everything in that file, of the directory of the start.
   */
  @Test
  void dotEnv_isReadAndItsMistakesAreNamed() throws Exception {
    Files.writeString(data.resolve(".env"), "export RELAY_FSYNC='always' # never\n");
    Running relay = start(Map.of(), "serve");
    assertThat(relay.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(relay.err.lines())
        .containsExactly(
            "relay: RELAY_FSYNC in .env is \"always\"; it must be batch, interval or never.");

    Files.writeString(data.resolve(".env"), "this is no variable\n");
    Running other = start(Map.of(), "version");
    assertThat(other.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(other.err.lines())
        .containsExactly("relay: line 1 of .env is not NAME=value, a comment or empty.");
  }
}
