// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.atprotojava.relay.FsyncPolicy;
import dev.atprotojava.relay.RelayConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every setting by every name that it has. A setting that is read from the wrong variable, or not
 * at all, leaves an operator with a relay that is not the one they described.
 */
class DaemonConfigTest {
  /**
   * What a setting does.
   *
   * @param good a value unlike the default
   * @param meaning what the configuration then says
   * @param read where it says it
   * @param bad values that stop the start
   */
  private record Row(
      String good, Object meaning, Function<DaemonConfig, Object> read, List<String> bad) {
    Row(String good, Object meaning, Function<DaemonConfig, Object> read, String... bad) {
      this(good, meaning, read, List.of(bad));
    }
  }

  @TempDir private static Path files;
  private static Map<Setting, Row> rows = Map.of();

  @BeforeAll
  static void prepare() throws IOException {
    rows = rows();
  }

  /** The path of a file with a text. */
  private static String file(String text) throws IOException {
    return Files.writeString(Files.createTempFile(files, "setting", ""), text).toString();
  }

  private static Map<Setting, Row> rows() throws IOException {
    Map<Setting, Row> rows = new EnumMap<>(Setting.class);
    rows.put(
        Setting.CONFIG,
        new Row(
            file("lanes = 5"),
            5,
            config -> config.relay().lanes(),
            "/nowhere/relay.properties",
            "a\0b"));
    rows.put(
        Setting.ADMIN_PASSWORD_FILE,
        new Row(
            file("old,1\n\n new \n"),
            List.of("old,1", "new"),
            config -> config.admin().keys().stream().map(AdminKey::secret).toList(),
            "/nowhere/password",
            file("\n \n")));
    rows.put(
        Setting.ADMIN_KEYS_FILE,
        new Row(
            file("alice:a:b\nbob:c\n"),
            List.of(new AdminKey("alice", "a:b"), new AdminKey("bob", "c")),
            config -> config.admin().keys(),
            "/nowhere/keys",
            file("alice")));
    rows.put(
        Setting.API_LISTEN,
        new Row(
            "127.0.0.1:3470",
            new ListenAddress("127.0.0.1", 3470),
            config -> config.http().api(),
            "3470",
            "localhost",
            "a b:1",
            ":65536",
            ":-1",
            "::1:2470"));
    rows.put(
        Setting.METRICS_LISTEN,
        new Row(
            "[::1]:3471",
            new ListenAddress("::1", 3471),
            config -> config.http().metrics(),
            "off",
            "http://localhost:1"));
    rows.put(
        Setting.PLC_HOST,
        new Row(
            "http://localhost:2582/,https://plc.example.com",
            List.of(URI.create("http://localhost:2582"), URI.create("https://plc.example.com")),
            DaemonConfig::plcDirectories,
            "plc.directory",
            "ftp://plc.directory",
            "https://",
            "https://a.example,",
            "https://user:secret@plc.example.com",
            "https://plc.example.com?q"));
    rows.put(
        Setting.PLC_RATE,
        new Row("250", 250, config -> config.identities().requestsPerSecond(), "-1", "100001"));
    rows.put(
        Setting.PLC_FOLLOW,
        new Row(
            "30s",
            Duration.ofSeconds(30),
            config -> config.identities().follow(),
            "30",
            "500ms",
            "25h",
            "-1s"));
    rows.put(
        Setting.IDENTITY_DATABASE,
        new Row(
            "/var/lib/relay/who.sqlite",
            Path.of("/var/lib/relay/who.sqlite"),
            config -> config.identities().database()));
    rows.put(
        Setting.DATABASE,
        new Row(
            "sqlite:///var/lib/relay/relay.sqlite",
            Path.of("/var/lib/relay/relay.sqlite"),
            config -> config.relay().database(),
            "mysql://x",
            "relay.sqlite",
            "sqlite://",
            "sqlite://:memory:",
            "sqlite://a?mode=ro",
            "postgres://user:secret@host/db",
            "postgresql://host/db"));
    rows.put(
        Setting.PERSIST_DIR,
        new Row(
            "/var/lib/relay/log", Path.of("/var/lib/relay/log"), c -> c.relay().logDirectory()));
    rows.put(
        Setting.REPLAY_WINDOW,
        new Row(
            "1h30m",
            Duration.ofMinutes(90),
            config -> config.relay().log().window(),
            "3d",
            "72",
            "0s",
            "59s",
            "87601h",
            "-1h",
            "1h30"));
    rows.put(
        Setting.RETAIN_BYTES,
        new Row(
            "200GB",
            200_000_000_000L,
            config -> config.relay().log().retainBytes(),
            "200G",
            "-1",
            "1.5GB",
            "9999999999TB",
            "much"));
    rows.put(
        Setting.FSYNC,
        new Row(
            "interval",
            FsyncPolicy.INTERVAL,
            config -> config.relay().log().fsync(),
            "always",
            "off"));
    rows.put(
        Setting.INITIAL_SEQ,
        new Row(
            "20000000000",
            20_000_000_000L,
            config -> config.relay().log().initialSeq(),
            "0",
            "-1",
            "9007199254740992",
            "1e9"));
    rows.put(
        Setting.ADMIN_PASSWORD,
        new Row(
            "old, new",
            List.of("old", "new"),
            config -> config.admin().keys().stream().map(AdminKey::secret).toList(),
            "old,,new"));
    rows.put(
        Setting.ADMIN_KEYS,
        new Row(
            "alice:a:b, bob:c",
            List.of(new AdminKey("alice", "a:b"), new AdminKey("bob", "c")),
            config -> config.admin().keys(),
            "alice",
            "alice:",
            ":secret",
            "alice:a,alice:b"));
    rows.put(
        Setting.TRUSTED_DOMAINS,
        new Row(
            "PDS.example.com,*.host.example.com",
            List.of("pds.example.com", "*.host.example.com"),
            config -> config.relay().hosts().trusted().patterns(),
            "https://pds.example.com",
            "a b",
            "a.example,"));
    rows.put(
        Setting.DEFAULT_ACCOUNT_LIMIT,
        new Row("250", 250L, config -> config.relay().hosts().accountLimit(), "-1", "many"));
    rows.put(
        Setting.NEW_HOSTS_PER_DAY,
        new Row("0", 0, config -> config.relay().hosts().newPerDay(), "-1", "1000001"));
    rows.put(
        Setting.HOSTS_FILE,
        new Row(
            "/etc/relay/hosts",
            Optional.of(Path.of("/etc/relay/hosts")),
            config -> config.discovery().hostsFile()));
    rows.put(
        Setting.PEER_RELAYS,
        new Row(
            "https://relay.example.com",
            List.of(URI.create("https://relay.example.com")),
            config -> config.discovery().peers(),
            "relay.example.com",
            "https://a.example,"));
    rows.put(
        Setting.DISCOVER_ENDPOINTS,
        new Row("true", true, config -> config.discovery().endpoints(), "some"));
    rows.put(
        Setting.DISCOVERY_INTERVAL,
        new Row(
            "1h", Duration.ofHours(1), config -> config.discovery().interval(), "0s", "169h", "6"));
    rows.put(
        Setting.DISCOVERED_PER_DAY,
        new Row("7", 7, config -> config.discovery().perDay(), "-1", "1000001"));
    rows.put(
        Setting.DISABLE_REQUEST_CRAWL,
        new Row("true", false, config -> config.http().requestCrawl(), "yes"));
    rows.put(
        Setting.LENIENT, new Row("true", true, config -> config.relay().hosts().observe(), "on"));
    rows.put(Setting.DEV, new Row("1", true, config -> config.relay().hosts().dev(), "2"));
    rows.put(
        Setting.MAX_CONSUMERS,
        new Row("7", 7, config -> config.http().consumers().max(), "0", "-1", "x"));
    rows.put(
        Setting.MAX_CONSUMERS_PER_ADDRESS,
        new Row("3", 3, config -> config.http().consumers().maxPerAddress(), "0"));
    rows.put(
        Setting.TRUSTED_PROXIES,
        new Row(
            "127.0.0.1, 10.0.0.0/8",
            List.of(AddressRange.parse("127.0.0.1"), AddressRange.parse("10.0.0.0/8")),
            config -> config.http().trustedProxies(),
            "proxy.example.com",
            "10.0.0.0/33",
            "10.0.0.0/-1",
            "10.0.0.0/"));
    rows.put(
        Setting.LOG_LEVEL,
        new Row("DEBUG", LogLevel.DEBUG, DaemonConfig::logLevel, "trace", "verbose"));
    rows.put(Setting.LANES, new Row("3", 3, config -> config.relay().lanes(), "-1", "257"));
    rows.put(
        Setting.IDENTITIES,
        new Row("1000", 1000, config -> config.relay().memory().identities(), "999"));
    rows.put(Setting.KEYS, new Row("100", 100, config -> config.relay().memory().keys(), "99"));
    rows.put(
        Setting.MEMORY_ACCOUNTS,
        new Row("1GiB", 1L << 30, config -> config.relay().memory().accounts(), "1kB"));
    rows.put(
        Setting.MEMORY_IN_FLIGHT,
        new Row("64MiB", 64L << 20, config -> config.relay().memory().inFlight(), "5MB", "1TiB"));
    rows.put(
        Setting.MEMORY_IN_FLIGHT_PER_HOST,
        new Row(
            "12MiB", 12L << 20, config -> config.relay().memory().inFlightPerHost(), "1MB", "1GB"));
    rows.put(
        Setting.MEMORY_TAIL,
        new Row("16MiB", 16 << 20, config -> config.relay().memory().tail(), "1MiB", "2GiB"));
    rows.put(
        Setting.MEMORY_COLD_CACHE,
        new Row("16MiB", 16L << 20, config -> config.relay().memory().coldCache(), "1MiB"));
    return rows;
  }

  private static DaemonConfig config(Map<Setting, String> flags, Map<String, String> environment) {
    return DaemonConfig.of(Settings.of(flags, environment));
  }

  private static Row row(Setting setting) {
    return Objects.requireNonNull(rows.get(setting), "no row for " + setting);
  }

  @ParameterizedTest
  @EnumSource
  void of_readsEverySettingByFlag(Setting setting) {
    Row row = row(setting);

    assertThat(row.read.apply(config(Map.of(setting, row.good), Map.of()))).isEqualTo(row.meaning);
  }

  @ParameterizedTest
  @EnumSource
  void of_readsEverySettingByEachVariable(Setting setting) {
    Row row = row(setting);
    for (String variable : setting.variables()) {
      DaemonConfig config = config(Map.of(), Map.of(variable, " " + row.good + " "));

      assertThat(row.read.apply(config)).as(variable).isEqualTo(row.meaning);
    }
  }

  /** A flag, else the first variable, else the second, else the default. */
  @ParameterizedTest
  @EnumSource
  void of_heedsTheOrderOfNames(Setting setting) {
    Row row = row(setting);
    Object fallback = row.read.apply(config(Map.of(), Map.of()));
    String bad = row.bad.isEmpty() ? setting.fallback() : row.bad.getFirst();
    Map<String, String> all = new HashMap<>();
    setting.variables().forEach(variable -> all.put(variable, bad));
    assertThat(fallback).isNotEqualTo(row.meaning);

    assertThat(row.read.apply(config(Map.of(setting, row.good), all))).isEqualTo(row.meaning);
    all.put(setting.variables().getFirst(), row.good);
    assertThat(row.read.apply(config(Map.of(), all))).isEqualTo(row.meaning);
    setting.variables().forEach(variable -> all.put(variable, "  "));
    assertThat(row.read.apply(config(Map.of(), all))).as("all empty").isEqualTo(fallback);
  }

  /** The sentence names what the operator wrote and where, and what would be right. */
  @ParameterizedTest
  @EnumSource
  void of_refusesBadValues(Setting setting) {
    for (String bad : row(setting).bad) {
      assertThatThrownBy(() -> config(Map.of(setting, bad), Map.of()))
          .as(bad)
          .isInstanceOf(BadSettingException.class)
          .hasMessageStartingWith(setting.flag() + " ")
          .hasMessageEndingWith(".");
      String variable = setting.variables().getLast();
      assertThatThrownBy(() -> config(Map.of(), Map.of(variable, bad)))
          .as(bad)
          .isInstanceOf(BadSettingException.class)
          .hasMessageStartingWith(variable + " ");
    }
  }

  @Test
  void of_withoutAnySettingIsTheDocumentedRelay() {
    DaemonConfig config = config(Map.of(), Map.of());

    assertThat(config.http().api()).hasToString("0.0.0.0:2470");
    assertThat(config.http().metrics()).hasToString("127.0.0.1:2471");
    assertThat(config.http().requestCrawl()).isTrue();
    assertThat(config.http().trustedProxies()).isEmpty();
    assertThat(config.admin().keys()).isEmpty();
    assertThat(config.plcDirectories()).containsExactly(URI.create("https://plc.directory"));
    assertThat(config.logLevel()).isEqualTo(LogLevel.INFO);
    assertThat(config.relay())
        .as("the defaults of the relay and of its settings are the same")
        .isEqualTo(RelayConfig.defaults(Path.of("data/relay")));
  }

  /** What one host may hold must fit into what all may; else a single host could stop the relay. */
  @Test
  void of_refusesHostsThatMayHoldMoreThanAll() {
    assertThatThrownBy(
            () ->
                config(
                    Map.of(Setting.MEMORY_IN_FLIGHT, "10MB"),
                    Map.of("RELAY_MEMORY_IN_FLIGHT_PER_HOST", "11MB")))
        .isInstanceOf(BadSettingException.class)
        .hasMessageContaining("RELAY_MEMORY_IN_FLIGHT_PER_HOST")
        .hasMessageContaining("--memory-in-flight");
  }

  /** Starts are logged, and logs are shown around. */
  @Test
  void of_neverShowsSecrets() {
    assertThatThrownBy(() -> config(Map.of(), Map.of("RELAY_ADMIN_PASSWORD", "hunter2,,x")))
        .isInstanceOf(BadSettingException.class)
        .message()
        .doesNotContain("hunter2");
    assertThatThrownBy(
            () -> config(Map.of(), Map.of("RELAY_PLC_HOST", "https://me:hunter2@plc.example.com")))
        .isInstanceOf(BadSettingException.class)
        .message()
        .doesNotContain("hunter2");
    assertThatThrownBy(
            () -> config(Map.of(), Map.of("DATABASE_URL", "postgres://me:hunter2@db/relay")))
        .isInstanceOf(BadSettingException.class)
        .message()
        .doesNotContain("hunter2")
        .contains("SQLite");
    assertThat(config(Map.of(), Map.of("RELAY_ADMIN_PASSWORD", "hunter2")).toString())
        .doesNotContain("hunter2");
  }

  /** What names are worth is their secrets; keys are shown no more than passwords. */
  @Test
  void of_neverShowsKeys() throws IOException {
    String file = file("alice:hunter2\nbob");
    assertThatThrownBy(() -> config(Map.of(Setting.ADMIN_KEYS, "alice:hunter2,bob"), Map.of()))
        .message()
        .doesNotContain("hunter2");
    assertThatThrownBy(() -> config(Map.of(Setting.ADMIN_KEYS_FILE, file), Map.of()))
        .message()
        .contains(file)
        .doesNotContain("hunter2");
  }

  /** A value of megabytes, or with a line break, would make a log unreadable. */
  @Test
  void of_showsOnlyTheBeginningOfLongValues() {
    String value = "x".repeat(1_000) + "\n";

    assertThatThrownBy(() -> config(Map.of(Setting.FSYNC, value), Map.of()))
        .isInstanceOf(BadSettingException.class)
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(250).doesNotContain("\n"));
  }

  /** Two settings with one name could not be told apart. */
  @Test
  void settings_haveNamesOfTheirOwn() {
    List<String> names =
        Arrays.stream(Setting.values())
            .flatMap(
                setting -> Stream.concat(Stream.of(setting.flag()), setting.variables().stream()))
            .toList();

    assertThat(names).doesNotHaveDuplicates();
  }
}
