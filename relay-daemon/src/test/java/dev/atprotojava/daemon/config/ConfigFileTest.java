// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.relay.FsyncPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A file that is read otherwise than it looks is a relay that nobody described. */
class ConfigFileTest {
  @TempDir private Path directory;

  private Settings settings(String text) throws IOException {
    return settings(text, Map.of(), Map.of(), Map.of());
  }

  private Settings settings(
      String text,
      Map<Setting, String> flags,
      Map<String, String> environment,
      Map<String, String> dotEnv)
      throws IOException {
    Path file = Files.writeString(directory.resolve("relay.properties"), text);
    Map<String, String> all = new HashMap<>(environment);
    all.put("RELAY_CONFIG", file.toString());
    return Settings.of(flags, all, dotEnv);
  }

  /** Every setting has a key, which is its flag. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "CONFIG")
  void read_knowsEverySetting(Setting setting) throws IOException {
    String key = setting.flag().substring("--".length());
    Settings settings = settings("# of the relay\n" + key + " =  a value \n");

    assertThat(settings.text(setting)).isEqualTo("a value");
    assertThat(settings.name(setting))
        .isEqualTo(key + " in " + directory.resolve("relay.properties"));
  }

  @Test
  void read_leavesTheRestAtTheDefault() throws IOException {
    DaemonConfig config = DaemonConfig.of(settings("lanes = 3\nbind: :3470\nfsync =\n"));

    assertThat(config.relay().lanes()).isEqualTo(3);
    assertThat(config.http().api().port()).isEqualTo(3470);
    assertThat(config.relay().log().fsync()).isEqualTo(FsyncPolicy.BATCH);
    assertThat(config.http().metrics()).hasToString("127.0.0.1:2471");
  }

  /** The sentence must lead to the place where the mistake is. */
  @Test
  void value_thatIsNoneIsNamedWithItsFile() throws IOException {
    Settings settings = settings("replay-window = 3d\n");

    assertThatThrownBy(() -> DaemonConfig.of(settings))
        .isInstanceOf(BadSettingException.class)
        .hasMessageStartingWith(
            "replay-window in " + directory.resolve("relay.properties") + " is \"3d\"; it must be");
  }

  @ParameterizedTest
  @CsvSource({
    "replay-windov, ; the nearest that is known is replay-window.",
    "relay-window, ; the nearest that is known is replay-window.",
    "trusted_domains, ; the nearest that is known is trusted-domains.",
    "config, .", // a file does not name another
    "RELAY_LANES, .",
    "colour-of-the-sky, ."
  })
  void key_thatIsUnknownStopsTheStart(String key, String end) {
    assertThatThrownBy(() -> settings("lanes = 3\n" + key + " = 1\n"))
        .isInstanceOf(BadSettingException.class)
        .hasMessageContaining("has the unknown key " + key + end.strip());
  }

  /** Of two values one would silently not count. */
  @Test
  void key_thatIsThereTwiceStopsTheStart() {
    assertThatThrownBy(() -> settings("lanes = 3\nlanes = 4\n"))
        .isInstanceOf(BadSettingException.class)
        .hasMessageEndingWith("has the key lanes twice.");
  }

  /** Each place counts before those behind it, and only for what it says. */
  @Test
  void places_countInTheirOrder() throws IOException {
    String text = "lanes = 1\n";
    Map<String, String> dotEnv = Map.of("RELAY_LANES", "2");
    Map<String, String> environment = Map.of("RELAY_LANES", "3");
    Map<Setting, String> flags = Map.of(Setting.LANES, "4");

    assertThat(settings(text, flags, environment, dotEnv).text(Setting.LANES)).isEqualTo("4");
    assertThat(settings(text, Map.of(), environment, dotEnv).text(Setting.LANES)).isEqualTo("3");
    assertThat(settings(text, Map.of(), Map.of(), dotEnv).text(Setting.LANES)).isEqualTo("2");
    assertThat(settings(text, Map.of(), Map.of(), dotEnv).name(Setting.LANES))
        .isEqualTo("RELAY_LANES in .env");
    assertThat(settings(text).text(Setting.LANES)).isEqualTo("1");
    assertThat(settings("").text(Setting.LANES)).isEqualTo(Setting.LANES.fallback());
  }

  /** An old name in the environment is still the environment, and {@code .env} is behind it. */
  @Test
  void places_countBeforeNames() throws IOException {
    Settings settings =
        settings(
            "",
            Map.of(),
            Map.of("RELAY_API_BIND", ":1", "RELAY_API_LISTEN", " "),
            Map.of("RELAY_API_LISTEN", ":2"));

    assertThat(settings.text(Setting.API_LISTEN)).isEqualTo(":1");
  }

  @Test
  void file_thatIsNoneStopsTheStart() throws IOException {
    assertThatThrownBy(() -> settings("lanes = \\u00zz\n"))
        .isInstanceOf(BadSettingException.class)
        .hasMessageStartingWith("RELAY_CONFIG names the file ");
    Files.write(directory.resolve("latin"), new byte[] {'a', (byte) 0xe4, '=', 'b'});
    for (String name : new String[] {"", "missing", "latin"}) {
      Map<Setting, String> flags = Map.of(Setting.CONFIG, directory.resolve(name).toString());
      assertThatThrownBy(() -> Settings.of(flags, Map.of()))
          .as(name)
          .isInstanceOf(BadSettingException.class)
          .hasMessageStartingWith("--config names the file ");
    }
  }
}
