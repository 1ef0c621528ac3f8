// SPDX-License-Identifier: MIT OR Apache-2.0
package dev.atprotojava.daemon.config;

import dev.atprotojava.relay.FsyncPolicy;
import dev.atprotojava.relay.LogOptions;
import dev.atprotojava.relay.RelayConfig;
import dev.atprotojava.relay.host.Hosts;
import dev.atprotojava.relay.host.TrustedDomains;
import dev.atprotojava.sync.SyncLimits;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How the daemon is set up.
 *
 * @param http what is served, and to whom
 * @param admin who may administer
 * @param plcDirectories the PLC directories to ask, the preferred first
 * @param identities how identities are found out and kept
 * @param discovery where hosts are looked for
 * @param logLevel how much is logged
 * @param relay the relay's own part
 */
public record DaemonConfig(
    Http http,
    Admin admin,
    List<URI> plcDirectories,
    IdentityConfig identities,
    DiscoveryConfig discovery,
    LogLevel logLevel,
    RelayConfig relay) {
  private static final Duration LONGEST_WINDOW = Duration.ofDays(3_650);
  private static final long GIB = 1L << 30;

  public DaemonConfig {
    plcDirectories = List.copyOf(plcDirectories);
    if (plcDirectories.isEmpty()) {
      throw new IllegalArgumentException("at least one PLC directory is needed");
    }
  }

  /**
   * What is served, and to whom.
   *
   * @param api where the API and the firehose are
   * @param metrics where the metrics are
   * @param requestCrawl true if anybody may ask for a host to be crawled
   * @param trustedProxies whose X-Forwarded-For counts
   * @param consumers how many may read the firehose
   */
  public record Http(
      ListenAddress api,
      ListenAddress metrics,
      boolean requestCrawl,
      List<AddressRange> trustedProxies,
      Consumers consumers) {
    public Http {
      trustedProxies = List.copyOf(trustedProxies);
    }
  }

  /**
   * How many may read the firehose.
   *
   * @param max of all
   * @param maxPerAddress from one address
   */
  public record Consumers(int max, int maxPerAddress) {
    public Consumers {
      if (max < 1 || maxPerAddress < 1) {
        throw new IllegalArgumentException("there must be room for a consumer");
      }
    }
  }

  /**
   * Who may administer.
   *
   * @param keys what may be given; empty if one is to be made up
   */
  public record Admin(List<AdminKey> keys) {
    public Admin {
      keys = List.copyOf(keys);
    }
  }

  /**
   * What follows from the settings.
   *
   * @throws BadSettingException if one of them is none
   */
  public static DaemonConfig of(Settings settings) {
    Http http =
        new Http(
            settings.read(Setting.API_LISTEN, ListenAddress::parse),
            settings.read(Setting.METRICS_LISTEN, ListenAddress::parse),
            !settings.flag(Setting.DISABLE_REQUEST_CRAWL),
            settings.readList(Setting.TRUSTED_PROXIES, AddressRange::parse),
            new Consumers(
                (int) settings.number(Setting.MAX_CONSUMERS, 1, 1_000_000),
                (int) settings.number(Setting.MAX_CONSUMERS_PER_ADDRESS, 1, 1_000_000)));
    return new DaemonConfig(
        http,
        new Admin(adminKeys(settings)),
        plcDirectories(settings),
        IdentityConfig.of(settings),
        DiscoveryConfig.of(settings),
        settings.choice(Setting.LOG_LEVEL, LogLevel.class),
        relay(settings));
  }

  /**
   * The PLC directories.
   *
   * @throws BadSettingException if one of them is none
   */
  public static List<URI> plcDirectories(Settings settings) {
    return settings.readList(Setting.PLC_HOST, DaemonConfig::directory);
  }

  /** The file of the database. */
  public static Path database(Settings settings) {
    return DatabaseUrl.path(settings);
  }

  /** The port of the API. */
  public static int apiPort(Settings settings) {
    return settings.read(Setting.API_LISTEN, ListenAddress::parse).port();
  }

  /** What an administrator may give; may be empty. */
  public static List<AdminKey> adminKeys(Settings settings) {
    List<AdminKey> keys = new ArrayList<>(settings.readList(Setting.ADMIN_KEYS, AdminKey::parse));
    for (String line : settings.secretLines(Setting.ADMIN_KEYS_FILE)) {
      try {
        keys.add(AdminKey.parse(line));
      } catch (IllegalArgumentException e) {
        throw settings.bad(Setting.ADMIN_KEYS_FILE);
      }
    }
    List<String> passwords =
        new ArrayList<>(settings.readList(Setting.ADMIN_PASSWORD, text -> text));
    passwords.addAll(settings.secretLines(Setting.ADMIN_PASSWORD_FILE));
    for (String password : passwords) {
      keys.add(new AdminKey("admin-" + (keys.size() + 1), password));
    }
    if (keys.stream().map(AdminKey::name).distinct().count() < keys.size()) {
      throw new BadSettingException(
          settings.name(Setting.ADMIN_KEYS) + " has two keys of one name.");
    }
    return keys;
  }

  private static RelayConfig relay(Settings settings) {
    RelayConfig defaults = RelayConfig.defaults(Path.of("data/relay"));
    LogOptions log =
        new LogOptions(
            settings.choice(Setting.FSYNC, FsyncPolicy.class),
            defaults.log().segmentBytes(),
            settings.read(Setting.REPLAY_WINDOW, DaemonConfig::window),
            settings.bytes(Setting.RETAIN_BYTES, 0, Long.MAX_VALUE),
            settings.number(Setting.INITIAL_SEQ, 1, SyncLimits.MAX_SEQ));
    Hosts.Policy hosts =
        new Hosts.Policy(
            settings.flag(Setting.DEV),
            new TrustedDomains(settings.readList(Setting.TRUSTED_DOMAINS, DaemonConfig::domain)),
            (int) settings.number(Setting.NEW_HOSTS_PER_DAY, 0, 1_000_000),
            settings.number(Setting.DEFAULT_ACCOUNT_LIMIT, 0, 1_000_000_000),
            settings.flag(Setting.LENIENT));
    int lanes = (int) settings.number(Setting.LANES, 0, 256);
    return new RelayConfig(
        DatabaseUrl.path(settings),
        settings.path(Setting.PERSIST_DIR),
        log,
        memory(settings, defaults.memory()),
        lanes == 0 ? defaults.lanes() : lanes,
        hosts,
        defaults.flushInterval());
  }

  private static RelayConfig.Memory memory(Settings settings, RelayConfig.Memory defaults) {
    long inFlight = settings.bytes(Setting.MEMORY_IN_FLIGHT, 6_000_000, 64 * GIB);
    long perHost = settings.bytes(Setting.MEMORY_IN_FLIGHT_PER_HOST, 6_000_000, 64 * GIB);
    if (perHost > inFlight) {
      throw new BadSettingException(
          settings.name(Setting.MEMORY_IN_FLIGHT_PER_HOST)
              + " is above "
              + settings.name(Setting.MEMORY_IN_FLIGHT)
              + "; what one host may have must fit into what all may.");
    }
    return new RelayConfig.Memory(
        inFlight,
        perHost,
        (int) settings.bytes(Setting.MEMORY_TAIL, 8 << 20, GIB),
        defaults.slab(),
        defaults.batch(),
        settings.bytes(Setting.MEMORY_COLD_CACHE, 8 << 20, 64 * GIB),
        settings.bytes(Setting.MEMORY_ACCOUNTS, 1 << 20, 64 * GIB),
        (int) settings.number(Setting.KEYS, 100, 10_000_000),
        (int) settings.number(Setting.IDENTITIES, 1_000, 100_000_000));
  }

  private static Duration window(String text) {
    Duration window = GoDuration.parse(text);
    if (window.compareTo(Duration.ofMinutes(1)) < 0 || window.compareTo(LONGEST_WINDOW) > 0) {
      throw new IllegalArgumentException("out of range");
    }
    return window;
  }

  static URI directory(String text) {
    URI url = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
    boolean web = "https".equals(url.getScheme()) || "http".equals(url.getScheme());
    boolean plain = url.getQuery() == null && url.getFragment() == null;
    if (!web || url.getHost() == null || url.getUserInfo() != null || !plain) {
      throw new IllegalArgumentException("not the address of a directory");
    }
    return url;
  }

  private static String domain(String text) {
    if (!text.matches("\\*?[0-9A-Za-z.:-]*")) {
      throw new IllegalArgumentException("not a hostname");
    }
    return text.toLowerCase(Locale.ROOT);
  }
}
