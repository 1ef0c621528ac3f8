// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class LoadRunTest {
  @TempDir private Path directory;

  private final ByteArrayOutputStream output = new ByteArrayOutputStream();

  private boolean measure(int events, int rate) throws IOException, InterruptedException {
    Path recording = directory.resolve("recording");
    if (!Recording.isIn(recording)) {
      Recording.Plan plan = new Recording.Plan(5, 4, 40, 2000, 10);
      RecordingWriter.write(recording, plan, InstantSource.system().instant(), done -> {});
    }
    LoadRun.Settings settings =
        new LoadRun.Settings(
            recording, events, rate, directory.resolve("data"), FakeLauncher.write(directory, ""));
    PrintStream out = new PrintStream(output, true, StandardCharsets.UTF_8);
    return new LoadRun(settings, out, InstantSource.system(), System::nanoTime).run();
  }

  /** Damage: a benchmark that loses events itself, or says nothing of what it was made for. */
  @Test
  void run_asFastAsItGoes_countsEverything() throws Exception {
    boolean good = measure(Integer.MAX_VALUE, 0);
    String said = output.toString(StandardCharsets.UTF_8);
    assertThat(good).as(said).isTrue();
    assertThat(said)
        .contains("as fast as the relay reads")
        .containsPattern("second half +[0-9,]+ events/s +[0-9.]+ µs of CPU per event")
        .contains("missing 0, unknown 0, repeated 0");
  }

  /** Damage: a pace that is not kept, or latency without a number. */
  @Test
  void run_atARate_keepsItAndMeasuresLatency() throws Exception {
    long start = System.nanoTime();
    boolean good = measure(600, 500);
    String said = output.toString(StandardCharsets.UTF_8);
    assertThat(good).as(said).isTrue();
    assertThat(System.nanoTime() - start).isGreaterThan(1_150_000_000L);
    assertThat(said).contains("600 of 600 events").containsPattern("p99 [0-9.]+ ms");
  }
}
