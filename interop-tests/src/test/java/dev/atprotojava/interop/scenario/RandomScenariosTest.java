// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.interop.scenario;

import static org.assertj.core.api.Assertions.fail;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Scenarios by chance, each from a seed: 200 in the build, {@code -Dscenarios.seeds=10000} at
 * night. One that fails is written to {@code target/scenarios}, to be read and run again.
 */
class RandomScenariosTest {
  private static final int SEEDS = Integer.getInteger("scenarios.seeds", 200);
  private static final long FIRST = Long.getLong("scenarios.first", 1);

  // Damage: whatever a relay decides wrongly, and no one thought of writing down.
  @Test
  @Timeout(value = 6, unit = TimeUnit.HOURS)
  void relay_doesWhatTheWorldSays(@TempDir Path data) throws Exception {
    for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
      Scenario scenario = RandomScenario.of(seed);
      ScenarioRelay relay = new ScenarioRelay(scenario, data.resolve("relay-" + seed));
      try {
        relay.run(scenario);
      } catch (AssertionError e) {
        Path file = Path.of("target", "scenarios", scenario.name() + ".json");
        Files.createDirectories(file.getParent());
        Files.writeString(file, ScenarioJson.write(scenario));
        fail("seed " + seed + ", written to " + file + ": " + e.getMessage(), e);
      } finally {
        relay.stop();
      }
    }
  }
}
