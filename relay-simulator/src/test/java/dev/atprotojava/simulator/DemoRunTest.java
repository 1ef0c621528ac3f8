// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Demonstrations with a relay that is a child process of its own, if not a real one. */
@Timeout(120)
class DemoRunTest {
  @TempDir private Path directory;

  private final ByteArrayOutputStream output = new ByteArrayOutputStream();

  private DemoRun demo(String fault, int seconds, boolean terminal) throws IOException {
    DemoRun.Settings settings =
        new DemoRun.Settings(
            7,
            3,
            60,
            300,
            seconds,
            directory.resolve("data"),
            FakeLauncher.write(directory, fault),
            terminal,
            false);
    PrintStream out = new PrintStream(output, true, StandardCharsets.UTF_8);
    return new DemoRun(settings, out, InstantSource.system(), System::nanoTime);
  }

  private String said() {
    return output.toString(StandardCharsets.UTF_8);
  }

  /** Damage: a demonstration that fails with a relay that does everything right. */
  @Test
  void run_withARelayThatIsRight_saysThatEverythingArrived() throws Exception {
    assertThat(demo("", 3, false).run()).as(this::said).isTrue();
    assertThat(said())
        .contains("Everything that was sent arrived.")
        .contains("missing 0, unexpected 0, out of order 0")
        .containsPattern("(?m)^ +\\d+ s  sent \\d+/s  received \\d+/s  p50 ");
  }

  /** Damage: a demonstration that finds everything fine whatever the relay lets through. */
  @Test
  void run_withARelayThatVerifiesNothing_saysSo() throws Exception {
    assertThat(demo("trust", 4, false).run()).as(this::said).isFalse();
    assertThat(said()).contains("NOT everything arrived").doesNotContain("unexpected 0");
  }

  /**
   * Damage: a relay that does not start, and a demonstration that waits a minute to say nothing.
   */
  @Test
  void run_withARelayThatDoesNotStart_quotesIt() throws Exception {
    assertThat(demo("crash", 4, false).run()).isFalse();
    assertThat(said())
        .contains("the relay has ended with exit code 3")
        .contains("cannot start: the moon is full");
  }

  /** Damage: a child process, a screen or a directory that outlives Ctrl-C. */
  @Test
  void stop_inTheMiddle_putsEverythingAway() throws Exception {
    DemoRun demo = demo("", 0, true);
    CompletableFuture<Boolean> run =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return demo.run();
              } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    while (!said().contains("hosts send") && !run.isDone()) {
      Thread.onSpinWait();
    }
    demo.stop();
    run.join();
    assertThat(said()).contains("[?1049h").contains("[?1049l");
    try (Stream<ProcessHandle> children = ProcessHandle.current().children()) {
      assertThat(children.filter(ProcessHandle::isAlive)).isEmpty();
    }
    assertThat(Files.exists(directory.resolve("data/relay.log"))).isTrue();
  }
}
